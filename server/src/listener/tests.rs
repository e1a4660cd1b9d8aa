use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::*;

#[derive(Default)]
struct Counts {
    open: AtomicI64,
    refused: AtomicUsize,
    changed: Notify,
}

impl Counted for Counts {
    fn opened(&self) {
        self.open.fetch_add(1, Ordering::SeqCst);
        self.changed.notify_one();
    }

    fn closed(&self) {
        self.open.fetch_sub(1, Ordering::SeqCst);
        self.changed.notify_one();
    }

    fn refused(&self) {
        self.refused.fetch_add(1, Ordering::SeqCst);
        self.changed.notify_one();
    }
}

struct Door {
    at: SocketAddr,
    counts: Arc<Counts>,
    stop: CancellationToken,
    running: tokio::task::JoinHandle<()>,
    /// The handler of `/wait` waits for it.
    gate: Arc<Notify>,
    /// The handler of `/wait` has begun.
    began: Arc<Notify>,
}

fn bounds() -> Bounds {
    let ms = Duration::from_millis;
    Bounds {
        header: ms(150),
        write: ms(400),
        idle: ms(600),
        stop: ms(5000),
        connections: 8,
        per_peer: 4,
        uncounted: Vec::new(),
    }
}

async fn door(bounds: Bounds) -> Door {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = socket.local_addr().unwrap();
    let (counts, stop) = (Arc::new(Counts::default()), CancellationToken::new());
    let (gate, began) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handler = {
        let (gate, began) = (gate.clone(), began.clone());
        move |request: Request<Incoming>, peer: IpAddr| {
            let (gate, began) = (gate.clone(), began.clone());
            async move {
                if request.uri().path() == "/other" {
                    let upgrade = hyper::upgrade::on(request);
                    tokio::spawn(async move {
                        let mut io = TokioIo::new(upgrade.await.unwrap());
                        io.write_all(b"hello").await.unwrap();
                        let mut bytes = Vec::new();
                        let _ = io.read_to_end(&mut bytes).await;
                    });
                    let mut answer = Response::new(Body::empty());
                    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
                    answer.headers_mut().insert("upgrade", "other".parse().unwrap());
                    return answer;
                }
                if request.uri().path() == "/wait" {
                    began.notify_one();
                    gate.notified().await;
                }
                let body = read(request.into_body(), 100, Duration::from_millis(150)).await;
                let text = match body {
                    Ok(body) => format!("{peer} {} bytes", body.len()),
                    Err(error) => error.to_string(),
                };
                Response::new(Body::from(text))
            }
        }
    };
    let running = tokio::spawn(serve(socket, bounds, counts.clone(), handler, stop.clone()));
    Door { at, counts, stop, running, gate, began }
}

impl Door {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.at).await.unwrap()
    }

    /// Waits until so many connections are open.
    async fn until_open(&self, open: i64) {
        while self.counts.open.load(Ordering::SeqCst) != open {
            self.counts.changed.notified().await;
        }
    }
}

async fn ask(stream: &mut TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = vec![0; 4096];
    let count = stream.read(&mut bytes).await.unwrap();
    String::from_utf8_lossy(&bytes[..count]).into_owned()
}

/// Everything until the other side closes.
async fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A reset is an end as well.
    let _ = stream.read_to_end(&mut bytes).await;
    bytes
}

const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

#[tokio::test]
async fn a_connection_is_used_again() {
    let door = door(bounds()).await;
    let mut stream = door.connect().await;
    for _ in 0..3 {
        let answer = ask(&mut stream, GET).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("127.0.0.1 0 bytes"), "{answer}");
    }
}

#[tokio::test]
async fn who_sends_a_header_in_drops_is_cut_off() {
    let door = door(bounds()).await;
    let mut stream = door.connect().await;
    let (mut reading, mut writing) = stream.split();
    let drops = async {
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            if writing.write_all(b"x").await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    let closed = async {
        let mut bytes = Vec::new();
        let _ = reading.read_to_end(&mut bytes).await;
        bytes
    };
    let limit = tokio::time::timeout(Duration::from_secs(20), async {
        tokio::select! {
            bytes = closed => bytes,
            () = drops => Vec::new(),
        }
    });
    assert!(limit.await.unwrap().is_empty());
    door.until_open(0).await;
}

#[tokio::test]
async fn a_connection_without_requests_is_closed_after_a_while() {
    let door = door(bounds()).await;
    let mut stream = door.connect().await;
    ask(&mut stream, GET).await;
    let closed = tokio::time::timeout(Duration::from_secs(20), rest(&mut stream)).await;
    assert!(closed.unwrap().is_empty());
    door.until_open(0).await;
}

#[tokio::test]
async fn bodies_are_bounded_in_size_and_time() {
    let door = door(bounds()).await;
    for (request, expected) in [
        ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc", "127.0.0.1 3 bytes"),
        (
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 101\r\n\r\nabc",
            "the body of a request is too large",
        ),
        (
            "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nff\r\n",
            "the body of a request took too long",
        ),
        ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc", "the body of a request took too long"),
    ] {
        let answer = ask(&mut door.connect().await, request).await;
        assert!(answer.ends_with(expected), "{request:?}: {answer}");
    }
    let chunked = format!(
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nc8\r\n{}\r\n0\r\n\r\n",
        "x".repeat(200)
    );
    let answer = ask(&mut door.connect().await, &chunked).await;
    assert!(answer.ends_with("the body of a request is too large"), "{answer}");
}

#[tokio::test]
async fn a_peer_with_too_many_connections_is_turned_away() {
    let door = door(bounds()).await;
    let mut streams = Vec::new();
    for _ in 0..4 {
        streams.push(door.connect().await);
    }
    door.until_open(4).await;
    assert!(rest(&mut door.connect().await).await.is_empty());
    assert_eq!(door.counts.refused.load(Ordering::SeqCst), 1);
    streams.pop();
    door.until_open(3).await;
    let answer = ask(&mut door.connect().await, GET).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}

#[tokio::test]
async fn a_stop_lets_what_runs_end_and_takes_nothing_new() {
    let door = door(bounds()).await;
    let (mut busy, mut idle) = (door.connect().await, door.connect().await);
    door.until_open(2).await;
    busy.write_all(b"GET /wait HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    door.began.notified().await;
    door.stop.cancel();
    assert!(rest(&mut idle).await.is_empty());
    door.gate.notify_one();
    let answer = String::from_utf8(rest(&mut busy).await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("connection: close"), "{answer}");
    door.running.await.unwrap();
    assert!(TcpStream::connect(door.at).await.is_err());
}

#[tokio::test]
async fn what_does_not_end_in_time_is_cut_off() {
    let door = door(Bounds { stop: Duration::from_millis(50), ..bounds() }).await;
    let mut busy = door.connect().await;
    busy.write_all(b"GET /wait HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    door.began.notified().await;
    door.stop.cancel();
    door.running.await.unwrap();
    assert!(rest(&mut busy).await.is_empty());
    assert_eq!(door.counts.open.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn another_protocol_has_its_place_and_ends_with_the_server() {
    let door = door(bounds()).await;
    let mut stream = door.connect().await;
    let head = "GET /other HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n";
    let mut heard = ask(&mut stream, head).await;
    while !heard.ends_with("hello") {
        heard.push_str(&ask(&mut stream, "").await);
    }
    assert!(heard.starts_with("HTTP/1.1 101"), "{heard}");
    assert_eq!(door.counts.open.load(Ordering::SeqCst), 1);
    door.stop.cancel();
    assert!(rest(&mut stream).await.is_empty());
    door.running.await.unwrap();
    assert_eq!(door.counts.open.load(Ordering::SeqCst), 0);
}
