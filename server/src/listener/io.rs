//! What a connection is doing, and when that has gone on for too long.
//!
//! A connection without a request is idle; from the first byte of a request until its header is whole it is in the
//! header; then it is busy until its answer is made. Each has a bound of its own, which hyper cannot tell apart. Nothing
//! here looks at a clock: a [`Watch`] counts ticks during which nothing changed.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::Bounds;
use super::places::Place;

/// What a connection is doing. The lowest two bits are the phase; the others go up with every change.
#[derive(Default)]
pub(super) struct Activity {
    state: AtomicU32,
    blocked: AtomicBool,
    upgraded: AtomicBool,
}

const IDLE: u32 = 0;
const HEADER: u32 = 1;
const BUSY: u32 = 2;
const PHASE: u32 = 3;

impl Activity {
    pub(super) fn request_began(&self) {
        self.change(BUSY);
    }

    pub(super) fn request_ended(&self) {
        self.change(IDLE);
    }

    /// From now on it speaks another protocol, and whoever speaks it sees an end when the server stops.
    pub(super) fn upgraded(&self) {
        self.upgraded.store(true, Ordering::Relaxed);
    }

    fn bytes_came(&self) {
        if self.state.load(Ordering::Relaxed) & PHASE == IDLE {
            self.change(HEADER);
        }
    }

    /// Only the task of the connection changes it.
    fn change(&self, phase: u32) {
        let state = self.state.load(Ordering::Relaxed);
        self.state.store((state & !PHASE).wrapping_add(PHASE + 1) | phase, Ordering::Relaxed);
    }
}

/// A socket that tells what happens on it, and gives its place back when it is dropped.
pub(super) struct Watched {
    stream: TcpStream,
    activity: Arc<Activity>,
    stop: CancellationToken,
    stopped: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
    _place: Place,
    _running: TaskTrackerToken,
}

impl Watched {
    pub(super) fn new(
        stream: TcpStream,
        activity: Arc<Activity>,
        place: Place,
        running: TaskTrackerToken,
        stop: CancellationToken,
    ) -> Self {
        Self { stream, activity, stop, stopped: None, _place: place, _running: running }
    }

    /// Whether it speaks another protocol and the server stops.
    fn has_stopped(&mut self, cx: &mut Context<'_>) -> bool {
        if !self.activity.upgraded.load(Ordering::Relaxed) {
            return false;
        }
        let stop = &self.stop;
        let stopped = self.stopped.get_or_insert_with(|| Box::pin(stop.clone().cancelled_owned()));
        stopped.as_mut().poll(cx).is_ready()
    }

    fn written<T>(&self, result: Poll<T>) -> Poll<T> {
        self.activity.blocked.store(result.is_pending(), Ordering::Relaxed);
        result
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.has_stopped(cx) {
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.activity.bytes_came();
        }
        result
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.written(result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.written(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// Sees what has gone on for too long, from how often it was looked at.
pub(super) struct Watch<'a> {
    activity: &'a Activity,
    every: Duration,
    header: u32,
    write: u32,
    idle: u32,
    seen: u32,
    ticks: u32,
    blocked: u32,
}

/// How many times it is looked at in the time of a header.
const FINENESS: u32 = 4;

impl<'a> Watch<'a> {
    pub(super) fn new(activity: &'a Activity, bounds: &Bounds) -> Self {
        let every = (bounds.header.min(bounds.idle) / FINENESS).max(Duration::from_millis(1));
        let ticks =
            |span: Duration| u32::try_from(span.as_micros().div_ceil(every.as_micros())).unwrap_or(u32::MAX);
        let (header, write, idle) = (ticks(bounds.header), ticks(bounds.write), ticks(bounds.idle));
        Self { activity, every, header, write, idle, seen: u32::MAX, ticks: 0, blocked: 0 }
    }

    /// How often [`Watch::is_over`] is to be asked.
    pub(super) fn every(&self) -> Duration {
        self.every
    }

    /// Whether the connection is to be closed.
    pub(super) fn is_over(&mut self) -> bool {
        let state = self.activity.state.load(Ordering::Relaxed);
        self.ticks = if state == self.seen { self.ticks + 1 } else { 0 };
        self.seen = state;
        self.blocked = if self.activity.blocked.load(Ordering::Relaxed) { self.blocked + 1 } else { 0 };
        let bound = match state & PHASE {
            IDLE => self.idle,
            HEADER => self.header,
            _ => u32::MAX,
        };
        self.ticks >= bound || self.blocked > self.write
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds() -> Bounds {
        let ms = Duration::from_millis;
        Bounds {
            header: ms(40),
            write: ms(80),
            idle: ms(100),
            stop: ms(1),
            connections: 1,
            per_peer: 1,
            uncounted: Vec::new(),
        }
    }

    /// After how many ticks it is over; at most 100.
    fn ticks(watch: &mut Watch<'_>) -> usize {
        (0..100).take_while(|_| !watch.is_over()).count()
    }

    #[test]
    fn each_phase_has_its_own_bound() {
        let activity = Activity::default();
        let mut watch = Watch::new(&activity, &bounds());
        assert_eq!(watch.every(), Duration::from_millis(10));
        assert_eq!(ticks(&mut watch), 10);
        activity.bytes_came();
        assert_eq!(ticks(&mut watch), 4);
        activity.request_began();
        assert_eq!(ticks(&mut watch), 100);
        activity.request_ended();
        assert_eq!(ticks(&mut watch), 10);
    }

    #[test]
    fn a_header_in_drops_gets_no_more_time() {
        let activity = Activity::default();
        let mut watch = Watch::new(&activity, &bounds());
        activity.bytes_came();
        let dripping = (0..100).take_while(|_| {
            activity.bytes_came();
            !watch.is_over()
        });
        assert_eq!(dripping.count(), 4);
    }

    #[test]
    fn a_connection_that_is_used_stays() {
        let activity = Activity::default();
        let mut watch = Watch::new(&activity, &bounds());
        for _ in 0..50 {
            activity.bytes_came();
            assert!(!watch.is_over());
            activity.request_began();
            activity.request_ended();
            assert!(!watch.is_over());
        }
    }

    #[test]
    fn a_client_that_does_not_read_is_let_go() {
        let activity = Activity::default();
        let mut watch = Watch::new(&activity, &bounds());
        activity.request_began();
        activity.blocked.store(true, Ordering::Relaxed);
        assert_eq!(ticks(&mut watch), 8);
    }
}
