use std::io::Write as _;
use std::time::{Duration, Instant};

use countersign_egress::{Client, EgressError, Limits, MaybeSent, Method, OutgoingRequest, Transport};
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::AsyncWriteExt as _;

use crate::server::Server;
use crate::{client, fetch, get, policy};

fn cause(result: Result<impl Sized, EgressError>) -> MaybeSent {
    match result {
        Err(error @ EgressError::MaybeSent { cause, .. }) => {
            assert!(error.was_sent());
            cause
        }
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("there is an answer"),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn encoded(encoding: &str, body: &[u8]) -> Vec<u8> {
    let mut answer = format!("HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\n\r\n").into_bytes();
    answer.extend_from_slice(body);
    answer
}

#[tokio::test]
async fn a_plain_answer_is_read() {
    let server = Server::answering(
        "HTTP/1.1 401 No\r\nContent-Type: application/json\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 2\r\n\r\n{}",
    )
    .await;
    let answer = fetch(&server).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (401, &b"{}"[..]));
    assert_eq!(answer.content_type(), Some("application/json"));
    let of_a: Vec<_> = answer.headers.iter().filter(|(name, _)| name == "x-a").collect();
    assert_eq!(of_a.len(), 2);
    assert_eq!(format!("{answer:?}"), "IncomingResponse(401, 4 header lines, 2 bytes)");
}

#[tokio::test]
async fn a_request_goes_out_as_it_was_built() {
    let server = Server::answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    let client = client(&server);
    let url = server.url("/login?a=%C3%A4&b=c%20d");
    let request = OutgoingRequest::builder(Method::Post, url.parse().unwrap(), url.as_str().into())
        .header("Authorization", "Bearer abc".into())
        .body("application/json", r#"{"user":"ada"}"#.into())
        .build(client.policy())
        .unwrap();
    let answer = client.send(&request).await.unwrap();
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    let (header, body) = requests[0].split_once("\r\n\r\n").unwrap();
    let lower = header.to_ascii_lowercase();
    let mut lines: Vec<_> = lower.lines().collect();
    assert_eq!(lines.remove(0), "post /login?a=%c3%a4&b=c%20d http/1.1");
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "accept-encoding: gzip".to_owned(),
            "accept: */*".into(),
            "authorization: bearer abc".into(),
            "content-length: 14".into(),
            "content-type: application/json".into(),
            format!("host: {}", server.address()),
            format!("user-agent: countersign/{}", env!("CARGO_PKG_VERSION")),
        ],
        "these and no others: no referer, no cookie"
    );
    assert_eq!(body, r#"{"user":"ada"}"#);
}

#[tokio::test]
async fn cookies_are_not_kept() {
    let server =
        Server::answering("HTTP/1.1 200 OK\r\nSet-Cookie: session=1; Path=/\r\nContent-Length: 0\r\n\r\n")
            .await;
    let client = client(&server);
    for _ in 0..2 {
        client.send(&get(&client, &server.url("/"))).await.unwrap();
    }
    assert!(server.requests().iter().all(|request| !request.to_ascii_lowercase().contains("cookie")));
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_takes_nothing_along() {
    let other = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    for status in [301, 302, 303, 307, 308, 304] {
        let answer = format!(
            "HTTP/1.1 {status} Elsewhere\r\nLocation: http://{}/steal\r\nContent-Length: 0\r\n\r\n",
            other.address()
        );
        let server = Server::answering(answer).await;
        let mut policy = policy(&server);
        policy.allow.push(other.address().to_string().parse().unwrap());
        let client = Client::new(policy).unwrap();
        let url = server.url("/login");
        let request = OutgoingRequest::builder(Method::Post, url.parse().unwrap(), url.as_str().into())
            .header("X-Auth-Token", "CANARY".into())
            .body("application/json", r#"{"password":"hunter2"}"#.into())
            .build(client.policy())
            .unwrap();
        let error = client.send(&request).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "{} may have received the request, but there is no usable answer: the server answered {status}, which \
                 sends the request elsewhere; that is not followed, so write the final address in the bot",
                server.url("")
            )
        );
        assert_eq!(server.requests().len(), 1);
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn gzip_is_inflated() {
    let server = Server::answering(encoded("gzip", &gzip(b"hello"))).await;
    assert_eq!(fetch(&server).await.unwrap().body.as_slice(), b"hello");
}

#[tokio::test]
async fn a_gzip_bomb_stops_at_the_limit_and_costs_no_memory() {
    // 1 GiB of zeros in about 1 MB; and the same packed twice.
    let bomb = gzip(&vec![0; 1024 * 1024]).repeat(1024);
    let before = peak_memory();
    let server = Server::answering(encoded("gzip", &bomb)).await;
    assert_eq!(cause(fetch(&server).await), MaybeSent::BodyTooLarge { limit: 64 * 1024 });
    let server = Server::answering(encoded("gzip, gzip", &gzip(&bomb))).await;
    assert_eq!(cause(fetch(&server).await), MaybeSent::Encoding);
    let grown = peak_memory().saturating_sub(before);
    assert!(grown < 64 * 1024, "{grown} KiB");
}

/// The most memory that this process has ever had, in KiB.
fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok()).unwrap_or(0)
}

#[tokio::test]
async fn other_and_stacked_encodings_are_refused() {
    for encoding in ["br", "deflate", "zstd", "compress", "gzip, gzip", "gzip\r\nContent-Encoding: gzip", "x"]
    {
        let server = Server::answering(encoded(encoding, &gzip(b"hello"))).await;
        assert_eq!(cause(fetch(&server).await), MaybeSent::Encoding, "{encoding}");
    }
}

#[tokio::test]
async fn gzip_that_is_none_is_refused() {
    let packed = gzip(b"hello hello hello");
    for body in [&b"hello"[..], &packed[..packed.len() - 3]] {
        let server = Server::answering(encoded("gzip", body)).await;
        assert_eq!(cause(fetch(&server).await), MaybeSent::Compression);
    }
}

#[tokio::test]
async fn a_body_without_end_stops_at_the_limit() {
    let server = Server::start(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[b'x'; 8192]).await.is_ok() {}
        None
    })
    .await;
    assert_eq!(cause(fetch(&server).await), MaybeSent::BodyTooLarge { limit: 64 * 1024 });
}

#[tokio::test]
async fn a_body_that_is_said_to_be_large_is_not_read() {
    // The body never comes: the length alone decides.
    let server = Server::start(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n").await.unwrap();
        std::future::pending::<()>().await;
        None
    })
    .await;
    assert_eq!(cause(fetch(&server).await), MaybeSent::BodyTooLarge { limit: 64 * 1024 });
}

#[tokio::test]
async fn the_limit_is_exact_and_a_request_can_ask_for_less() {
    let body = "x".repeat(64 * 1024);
    let exact = Server::answering(format!("HTTP/1.1 200 OK\r\n\r\n{body}")).await;
    assert_eq!(fetch(&exact).await.unwrap().body.len(), 64 * 1024);
    let over = Server::answering(format!("HTTP/1.1 200 OK\r\n\r\n{body}x")).await;
    assert_eq!(cause(fetch(&over).await), MaybeSent::BodyTooLarge { limit: 64 * 1024 });
    let client = client(&exact);
    let url = exact.url("/");
    let request = OutgoingRequest::builder(Method::Get, url.parse().unwrap(), url.as_str().into())
        .body_limit(1000)
        .build(client.policy())
        .unwrap();
    assert_eq!(cause(client.send(&request).await), MaybeSent::BodyTooLarge { limit: 1000 });
}

#[tokio::test]
async fn one_deadline_holds_for_all_of_it() {
    let silent = Server::start(|stream| async move {
        std::future::pending::<()>().await;
        Some(stream)
    })
    .await;
    // A byte now and then keeps no answer alive: neither in the header nor in the body.
    let drip = |head: &'static str| {
        Server::start(move |mut stream| async move {
            let _ = stream.write_all(head.as_bytes()).await;
            let mut tick = tokio::time::interval(Duration::from_millis(10));
            while stream.write_all(b"x").await.is_ok() {
                tick.tick().await;
            }
            None
        })
    };
    let dripping_header = drip("HTTP/1.1 200 OK\r\nX-").await;
    let dripping_body = drip("HTTP/1.1 200 OK\r\n\r\n").await;
    for server in [silent, dripping_header, dripping_body] {
        let client = client(&server);
        let url = server.url("/");
        let time = Duration::from_millis(150);
        let request = OutgoingRequest::builder(Method::Get, url.parse().unwrap(), url.as_str().into())
            .timeout(time)
            .build(client.policy())
            .unwrap();
        let begun = Instant::now();
        assert_eq!(cause(client.send(&request).await), MaybeSent::Deadline(time));
        assert!(begun.elapsed() >= time);
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    }
    assert_eq!(
        MaybeSent::Deadline(Duration::from_millis(150)).to_string(),
        "the answer was not complete after 150 ms"
    );
}

#[tokio::test]
async fn headers_are_bounded() {
    let Limits { header_bytes: limit, header_lines: lines, .. } = Limits::default();
    let too_large = MaybeSent::HeaderTooLarge { limit, lines };
    let many = "X-A: b\r\n".repeat(101);
    let server = Server::answering(format!("HTTP/1.1 200 OK\r\n{many}\r\n")).await;
    assert_eq!(cause(fetch(&server).await), too_large);
    let long = format!("X-A: {}\r\n", "b".repeat(limit));
    let server = Server::answering(format!("HTTP/1.1 200 OK\r\n{long}\r\n")).await;
    assert_eq!(cause(fetch(&server).await), too_large);
    let fits = "X-A: b\r\n".repeat(100);
    let server = Server::answering(format!("HTTP/1.1 200 OK\r\n{fits}\r\n")).await;
    assert_eq!(fetch(&server).await.unwrap().headers.len(), 100);
    let mut wider = policy(&server);
    wider.limits.header_lines = 150;
    let server = Server::answering(format!("HTTP/1.1 200 OK\r\n{}\r\n", "X-A: b\r\n".repeat(150))).await;
    wider.allow.push(server.address().to_string().parse().unwrap());
    let client = Client::new(wider).unwrap();
    assert_eq!(client.send(&get(&client, &server.url("/"))).await.unwrap().headers.len(), 150);
    for piece in [&b"X-A: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n"[..], b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"] {
        let server = Server::start(move |mut stream| async move {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
            while stream.write_all(&piece.repeat(100)).await.is_ok() {}
            None
        })
        .await;
        assert_eq!(cause(fetch(&server).await), too_large);
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_none() {
    for answer in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
    ] {
        let server = Server::answering(answer).await;
        assert_eq!(cause(fetch(&server).await), MaybeSent::ConnectionLost, "{answer:?}");
    }
}

#[tokio::test]
async fn a_reset_in_the_middle_is_noticed() {
    let server = Server::start(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello").await.unwrap();
        // With a linger of zero, closing sends a reset.
        stream.set_zero_linger().unwrap();
        None
    })
    .await;
    assert_eq!(cause(fetch(&server).await), MaybeSent::ConnectionLost);
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    for answer in [
        "SSH-2.0-OpenSSH_9.9\r\n",
        "hello\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nX A: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n",
    ] {
        let server = Server::answering(answer).await;
        assert_eq!(cause(fetch(&server).await), MaybeSent::Malformed, "{answer:?}");
    }
}

#[tokio::test]
async fn what_follows_the_said_length_is_dropped() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more").await;
    assert_eq!(fetch(&server).await.unwrap().body.as_slice(), b"hello");
}

#[tokio::test]
async fn a_request_that_a_server_has_read_is_never_repeated() {
    // The first answer leaves the connection open; the second request is read, and then the connection ends.
    let first = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let server = Server::start(move |mut stream| {
        let first = first.swap(false, std::sync::atomic::Ordering::SeqCst);
        async move {
            if !first {
                return None;
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
            Some(stream)
        }
    })
    .await;
    let client = client(&server);
    assert!(client.send(&get(&client, &server.url("/1"))).await.is_ok());
    assert_eq!(cause(client.send(&get(&client, &server.url("/2"))).await), MaybeSent::ConnectionLost);
    let paths: Vec<_> = server.requests().iter().map(|r| r[..7].to_owned()).collect();
    assert_eq!(paths, ["GET /1 ", "GET /2 "]);
}
