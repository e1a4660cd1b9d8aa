use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

use countersign_egress::{
    AddressKind, Client, EgressError, Method, NotSent, OutgoingRequest, Policy, Refusal, Transport,
};

use crate::server::Server;
use crate::{Names, get, policy};

const ANSWER: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn not_sent(result: Result<impl Sized, EgressError>) -> NotSent {
    match result {
        Err(error @ EgressError::NotSent { cause, .. }) => {
            assert!(!error.was_sent());
            cause
        }
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("there is an answer"),
    }
}

#[tokio::test]
async fn no_spelling_of_a_private_address_makes_a_connection() {
    let server = Server::answering(ANSWER).await;
    let port = server.port();
    // The request is built where everything is allowed; the client has a policy of its own.
    let lax = Policy {
        allow: vec!["0.0.0.0/0".parse().unwrap(), "::/0".parse().unwrap(), "localhost".parse().unwrap()],
        ..Policy::default()
    };
    let strict = Client::new(Policy::default()).unwrap();
    for host in [
        "127.0.0.1",
        "127.0.0.1.",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.1",
        "127.0.1",
        "0",
        "0.0.0.0",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "%31%32%37.0.0.1",
        "/127.0.0.1",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ] {
        let url = format!("http://{host}:{port}/");
        let request = OutgoingRequest::builder(Method::Get, url.parse().unwrap(), url.as_str().into())
            .build(&lax)
            .unwrap();
        let error = strict.send(&request).await.unwrap_err();
        assert!(matches!(error, EgressError::Refused(Refusal::Address { .. })), "{host}: {error:?}");
        assert!(!error.was_sent());
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_listed_server_is_reached_by_name_and_by_address() {
    let server = Server::answering(ANSWER).await;
    let client = Client::with_resolver(policy(&server), Names::new(&[&["127.0.0.1"]])).unwrap();
    for url in [server.url("/"), format!("http://bank.lan:{}/", server.port())] {
        assert_eq!(client.send(&get(&client, &url)).await.unwrap().body.as_slice(), b"ok", "{url}");
    }
}

#[tokio::test]
async fn the_address_that_is_dialled_is_the_one_that_was_judged() {
    let server = Server::answering(ANSWER).await;
    let port = server.port();
    // `any.example` is listed on no port, but a network is on this one: the guard judges the answer.
    let mut policy = policy(&server);
    policy.allow = vec![format!("127.0.0.0/8:{port}").parse().unwrap()];
    let names =
        Names::new(&[&["10.0.0.1"], &["192.168.0.1", "::1", "169.254.169.254"], &["169.254.169.254"]]);
    let client = Client::with_resolver(policy, names).unwrap();
    let url = format!("https://any.example:{port}/");
    for kind in [AddressKind::Private, AddressKind::Private] {
        let error = client.send(&get(&client, &url)).await.unwrap_err();
        assert_eq!(error, EgressError::Refused(Refusal::Address { origin: url.parse().unwrap(), kind }));
    }
    let error = client.send(&get(&client, &url)).await.unwrap_err();
    assert_eq!(error, EgressError::Refused(Refusal::Metadata { origin: url.parse().unwrap() }));
    assert_eq!(
        Refusal::Address { origin: url.parse().unwrap(), kind: AddressKind::Private }.to_string(),
        format!(
            "`any.example` is a private address; an operator can allow it with `--allow any.example:{port}`, or \
             `[egress] allow` in the configuration"
        )
    );
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_name_that_is_rebound_gains_nothing() {
    let server = Server::answering(ANSWER).await;
    let mut policy = policy(&server);
    policy.own = vec![server.address()];
    policy.allow.push("https://bank.example:443".parse().unwrap());
    // Listed, so private answers are good; what belongs to the installation or to a cloud is not.
    let names = Names::new(&[&["127.0.0.1"], &["169.254.169.254"], &["::ffff:169.254.169.254"]]);
    let client = Client::with_resolver(policy, names).unwrap();
    let url = format!("http://bank.lan:{}/", server.port());
    let origin = || url.parse().unwrap();
    let errors = [
        Refusal::Own { origin: origin() },
        Refusal::Metadata { origin: origin() },
        Refusal::Metadata { origin: origin() },
    ];
    for expected in errors {
        assert_eq!(client.send(&get(&client, &url)).await.unwrap_err(), EgressError::Refused(expected));
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn the_good_part_of_a_mixed_answer_is_dialled() {
    let server = Server::answering(ANSWER).await;
    let names = Names::new(&[&["169.254.169.254", "127.0.0.1"]]);
    let client = Client::with_resolver(policy(&server), names).unwrap();
    let url = format!("http://bank.lan:{}/", server.port());
    assert!(client.send(&get(&client, &url)).await.is_ok());
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn what_never_reached_a_server_says_so() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let allow = vec![format!("127.0.0.1:{port}").parse().unwrap(), "nowhere.lan".parse().unwrap()];
    let client = Client::with_resolver(Policy { allow, ..Policy::default() }, Names::new(&[&[]])).unwrap();
    let closed = get(&client, &format!("http://127.0.0.1:{port}/"));
    let error = client.send(&closed).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("nothing was sent to http://127.0.0.1:{port}: the server refused the connection")
    );
    assert_eq!(not_sent(Err::<(), _>(error)), NotSent::ConnectionRefused);
    let nameless = get(&client, "http://nowhere.lan/");
    assert_eq!(not_sent(client.send(&nameless).await), NotSent::Name);
}

#[tokio::test]
async fn a_name_that_does_not_resolve_in_time_is_a_connection_that_never_was() {
    struct Silent;
    impl countersign_egress::Resolve for Silent {
        fn resolve(&self, _host: &str) -> countersign_egress::Resolving {
            Box::pin(std::future::pending())
        }
    }
    let mut policy = Policy::default();
    policy.limits.connect = Duration::from_millis(100);
    let client = Client::with_resolver(policy, Silent).unwrap();
    let request = get(&client, "https://bank.example/");
    assert_eq!(not_sent(client.send(&request).await), NotSent::ConnectTimeout);
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing_of_the_request() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut hello = [0; 4096];
        let count = stream.read(&mut hello).unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        hello[..count].to_vec()
    });
    let allow = vec![address.to_string().parse().unwrap()];
    let client = Client::new(Policy { allow, ..Policy::default() }).unwrap();
    let request = get(&client, &format!("https://{address}/CANARY"));
    assert_eq!(not_sent(client.send(&request).await), NotSent::Tls);
    let seen = server.join().unwrap();
    assert!(!seen.is_empty() && !seen.windows(6).any(|window| window == b"CANARY"));
}

/// The proxy variables are read by a child process, which runs the test of a plain answer with them.
#[tokio::test]
async fn no_proxy_of_the_environment_is_used() {
    let proxy = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy").await;
    let address = proxy.url("");
    let program = std::env::current_exe().unwrap();
    let child = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(program);
        command.args(["--exact", "answers::a_plain_answer_is_read"]);
        for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            command.env(name, &address);
        }
        command.env_remove("NO_PROXY").env_remove("no_proxy").output().unwrap()
    });
    let output = child.await.unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && shown.contains("1 passed"), "{shown}");
    assert_eq!(proxy.connections(), 0);
}
