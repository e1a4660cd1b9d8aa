use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use countersign_egress::{Client, ClientError, EgressError, NotSent, Policy, SystemResolver, Transport};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::{Names, get};

const AUTHORITY: &[u8] = include_bytes!("certificates/authority.pem");
const CERTIFICATE: &[u8] = include_bytes!("certificates/server.pem");
const KEY: &[u8] = include_bytes!("certificates/server.key");

/// A server for `bank.lan` that answers once. It gives the request that it has read, as far as any came, and the
/// name that the client asked for.
fn serve() -> (SocketAddr, JoinHandle<(String, Option<String>)>) {
    let certificates = vec![CertificateDer::from_pem_slice(CERTIFICATE).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream);
        let mut request = Vec::new();
        let mut piece = [0; 1024];
        while !request.ends_with(b"\r\n\r\n") {
            match stream.read(&mut piece) {
                Ok(count) if count > 0 => request.extend_from_slice(&piece[..count]),
                _ => break,
            }
        }
        // Nobody may be there any more to read it.
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        let _ = stream.flush();
        (String::from_utf8(request).unwrap(), stream.conn.server_name().map(str::to_owned))
    });
    (address, server)
}

fn policy(address: SocketAddr) -> Policy {
    let port = address.port();
    let entries = [format!("bank.lan:{port}"), format!("other.lan:{port}"), address.to_string()];
    Policy { allow: entries.iter().map(|entry| entry.parse().unwrap()).collect(), ..Policy::default() }
}

#[tokio::test]
async fn a_server_with_a_good_certificate_is_called() {
    let (address, server) = serve();
    let client = Client::with_authorities(policy(address), Names::new(&[&["127.0.0.1"]]), AUTHORITY).unwrap();
    let request = get(&client, &format!("https://bank.lan:{}/login", address.port()));
    assert_eq!(client.send(&request).await.unwrap().body.as_slice(), b"ok");
    let (seen, name) = server.join().unwrap();
    assert!(seen.starts_with("GET /login HTTP/1.1\r\n"), "{seen}");
    assert_eq!(name.as_deref(), Some("bank.lan"));
}

#[tokio::test]
async fn a_server_whose_certificate_does_not_hold_gets_nothing() {
    // An authority that nobody trusts; another name; an address instead of the name.
    for (authorities, host) in [(&b""[..], "bank.lan"), (AUTHORITY, "other.lan"), (AUTHORITY, "127.0.0.1")] {
        let (address, server) = serve();
        let names = Names::new(&[&["127.0.0.1"]]);
        let client = Client::with_authorities(policy(address), names, authorities).unwrap();
        let url = format!("https://{host}:{}", address.port());
        let error = client.send(&get(&client, &format!("{url}/CANARY"))).await.unwrap_err();
        let expected = EgressError::NotSent { origin: url.parse().unwrap(), cause: NotSent::Certificate };
        assert_eq!(error, expected);
        assert_eq!(
            error.to_string(),
            format!("nothing was sent to {url}: the certificate of the server is not valid for it")
        );
        assert_eq!(server.join().unwrap().0, "");
    }
}

#[test]
fn what_is_no_certificate_is_refused() {
    for wrong in ["hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let error =
            Client::with_authorities(Policy::default(), SystemResolver, wrong.as_bytes()).unwrap_err();
        assert_eq!(error, ClientError::Authorities, "{wrong}");
        assert_eq!(
            error.to_string(),
            "the certificates of your own authorities cannot be read; they are expected as PEM text"
        );
    }
}
