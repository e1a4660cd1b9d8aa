//! The chat over WebSocket (RFC 6455).

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message as Packet, WebSocket, WebSocketUpgrade, close_code};
use axum::response::{IntoResponse, Response};
use countersign_model::SecretText;
use futures_util::SinkExt as _;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::Chat;
use super::frames::{ClientFrame, ServerFrame};
use super::limits::{Pace, Place};
use super::origins::Door;
use super::problem::Problem;
use super::visitor::Visitor;

/// The name of the protocol in `Sec-WebSocket-Protocol`.
const PROTOCOL: &str = "countersign.v1";

/// Pings without an answer after which a connection is dead.
const MISSED: u8 = 2;

/// How long a client that was refused may take to close.
const FAREWELL: Duration = Duration::from_secs(2);

/// Small buffers, because most connections say nothing most of the time.
const BUFFER: usize = 4 * 1024;

/// `GET /chat/{channel}` with `Upgrade: websocket`.
pub(super) async fn connect(
    State(chat): State<Arc<Chat>>,
    door: Door,
    upgrade: WebSocketUpgrade,
) -> Response {
    let place = match chat.places.enter() {
        Ok(place) => place,
        Err(problem) => return problem.into_response(),
    };
    let frame = chat.limits.frame;
    upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_message_size(frame)
        .max_frame_size(frame)
        .on_upgrade(move |socket| async move {
            let mut line = Wire { socket, chat };
            let stop = line.chat.stop.clone();
            match stop.run_until_cancelled(line.run(door, place)).await {
                Some(Err(Gone::Refused(problem))) => line.close(&problem).await,
                Some(Ok(()) | Err(Gone::Left)) => {}
                None => line.part(close_code::AWAY, "the server stops").await,
            }
        })
}

/// A connection.
struct Wire {
    socket: WebSocket,
    chat: Arc<Chat>,
}

/// Why a connection ends.
enum Gone {
    /// The client went, or did not read what was sent to it.
    Left,
    /// It is told why.
    Refused(Problem),
}

impl From<Problem> for Gone {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

/// How far the client has been told.
struct Told {
    next: u64,
    busy: bool,
    live: bool,
}

impl Wire {
    async fn run(&mut self, door: Door, mut place: Place) -> Result<(), Gone> {
        let (token, since, language) = self.hello().await?;
        let visitor = Visitor::admit(&self.chat, &door.line, &door.settings, &token)?;
        drop(token);
        place.belongs_to(visitor.address())?;
        // Before the first look, so that nothing is missed between the two.
        let watch = visitor.watch();
        let next = visitor.arrive(since, language).await?;
        self.feed(&ServerFrame::ready(next)).await?;
        let mut told = Told { next, busy: false, live: false };
        self.tell(&visitor, &mut told).await?;

        let limits = self.chat.limits;
        let mut pace = Pace::new(self.chat.app.clock.now());
        let mut ping = interval(limits.ping);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first one comes at once.
        ping.tick().await;
        let mut missed = 0;
        loop {
            tokio::select! {
                packet = self.socket.recv() => {
                    missed = 0;
                    match packet {
                        Some(Ok(Packet::Text(text))) => self.hear(&visitor, &text, &mut pace).await?,
                        Some(Ok(Packet::Ping(_) | Packet::Pong(_))) => {}
                        Some(Ok(Packet::Binary(_))) => self.refuse(&Problem::Malformed, None).await?,
                        Some(Ok(Packet::Close(_)) | Err(_)) | None => return Err(Gone::Left),
                    }
                    self.tell(&visitor, &mut told).await?;
                }
                () = watch.changed() => self.tell(&visitor, &mut told).await?,
                _ = ping.tick() => {
                    if visitor.expires_at <= self.chat.app.clock.now() {
                        return Err(Problem::Expired.into());
                    }
                    if missed >= MISSED {
                        return Err(Gone::Left);
                    }
                    missed += 1;
                    self.put(Packet::Ping(Bytes::new())).await?;
                    self.flush().await?;
                }
            }
        }
    }

    /// The first frame.
    async fn hello(&mut self) -> Result<(SecretText, u64, Option<String>), Gone> {
        let first = async {
            loop {
                match self.socket.recv().await {
                    Some(Ok(Packet::Text(text))) => break Ok(text),
                    Some(Ok(Packet::Ping(_) | Packet::Pong(_))) => {}
                    Some(Ok(Packet::Binary(_))) => break Err(Gone::Refused(Problem::HelloFirst)),
                    Some(Ok(Packet::Close(_)) | Err(_)) | None => break Err(Gone::Left),
                }
            }
        };
        let text = timeout(self.chat.limits.hello, first).await.map_err(|_| Problem::HelloFirst)??;
        match ClientFrame::read(&text) {
            Ok(ClientFrame::Hello { token: Some(token), since, language }) => Ok((token, since, language)),
            Ok(ClientFrame::Hello { token: None, .. }) => Err(Problem::BadToken.into()),
            Err((Problem::Version, _)) => Err(Problem::Version.into()),
            Ok(_) | Err(_) => Err(Problem::HelloFirst.into()),
        }
    }

    /// One frame of a client that is known.
    async fn hear(&mut self, visitor: &Visitor, text: &str, pace: &mut Pace) -> Result<(), Gone> {
        let (frame, cid) = match ClientFrame::read(text) {
            Ok(ClientFrame::Message(message)) => {
                let cid = message.id.clone();
                (ClientFrame::Message(message), Some(cid))
            }
            Ok(frame) => (frame, None),
            Err((problem, cid)) => return self.refuse(&problem, cid.as_deref()).await,
        };
        if let Err(problem) = pace.step(self.chat.app.clock.now(), &self.chat.limits) {
            return self.refuse(&problem, cid.as_deref()).await;
        }
        match frame {
            ClientFrame::Ping => self.send(&ServerFrame::Pong).await,
            // Nobody is there who could see it yet: the console will be.
            ClientFrame::Typing => Ok(()),
            ClientFrame::Hello { .. } => self.refuse(&Problem::UnknownFrame("hello".to_owned()), None).await,
            ClientFrame::Message(message) => {
                let cid = message.id.clone();
                match visitor.say(message).await {
                    Ok(new) => self.send(&ServerFrame::Accepted { cid: &cid, new }).await,
                    Err(problem) => self.refuse(&problem, Some(&cid)).await,
                }
            }
        }
    }

    /// Sends what the client does not have yet.
    async fn tell(&mut self, visitor: &Visitor, told: &mut Told) -> Result<(), Gone> {
        loop {
            let news = match visitor.news(told.next).await {
                Ok(news) => news,
                // The store fails now; the next change or the next frame tries again.
                Err(Problem::Unavailable) => return Ok(()),
                Err(problem) => return Err(problem.into()),
            };
            for (row, seq) in news.rows.iter().zip(news.first..) {
                self.feed(&ServerFrame::row(seq, row)).await?;
            }
            told.next = news.next();
            if told.busy != news.busy {
                told.busy = news.busy;
                self.feed(&ServerFrame::Typing { on: news.busy }).await?;
            }
            if news.complete {
                break;
            }
        }
        if !told.live {
            told.live = true;
            self.feed(&ServerFrame::Live { next: told.next }).await?;
        }
        self.flush().await
    }

    async fn refuse(&mut self, problem: &Problem, cid: Option<&str>) -> Result<(), Gone> {
        if problem.ends_connection() {
            return Err(Gone::Refused(problem.clone()));
        }
        self.send(&ServerFrame::error(problem, cid)).await
    }

    async fn send(&mut self, frame: &ServerFrame<'_>) -> Result<(), Gone> {
        self.feed(frame).await?;
        self.flush().await
    }

    /// Sends a frame together with those that follow.
    async fn feed(&mut self, frame: &ServerFrame<'_>) -> Result<(), Gone> {
        self.put(Packet::Text(frame.to_json().into())).await
    }

    async fn put(&mut self, packet: Packet) -> Result<(), Gone> {
        in_time(self.chat.limits.send, self.socket.feed(packet)).await
    }

    async fn flush(&mut self) -> Result<(), Gone> {
        in_time(self.chat.limits.send, self.socket.flush()).await
    }

    /// Says why and closes.
    async fn close(&mut self, problem: &Problem) {
        let code = match problem {
            Problem::Full | Problem::TooManyConnections { .. } => close_code::AGAIN,
            Problem::Unavailable => close_code::ERROR,
            _ => close_code::POLICY,
        };
        if self.feed(&ServerFrame::error(problem, None)).await.is_ok() {
            self.part(code, problem.code()).await;
        }
    }

    /// Closes, and waits until the client has done so too.
    async fn part(&mut self, code: u16, reason: &'static str) {
        let frame = CloseFrame { code, reason: reason.into() };
        if self.put(Packet::Close(Some(frame))).await.is_err() || self.flush().await.is_err() {
            return;
        }
        // A socket that is closed with something unread in it takes back what was sent (RFC 1122 §4.2.2.13).
        let farewell = async { while let Some(Ok(_)) = self.socket.recv().await {} };
        let _ = timeout(FAREWELL, farewell).await;
    }
}

/// Gives up a client that does not read: what is said to it stays in the transcript.
async fn in_time<E>(time: Duration, writing: impl Future<Output = Result<(), E>>) -> Result<(), Gone> {
    match timeout(time, writing).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Gone::Left),
    }
}
