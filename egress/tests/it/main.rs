//! The client against real servers on this machine that do what no server should.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod addresses;
mod answers;
mod secrets;
mod server;
mod tls;

use std::net::IpAddr;
use std::sync::Mutex;
use std::time::Duration;

use countersign_egress::{
    Client, EgressError, IncomingResponse, Limits, Method, OutgoingRequest, Policy, Resolve, Resolving,
    Transport,
};

use crate::server::Server;

/// A policy that allows the server, with times short enough for a test.
fn policy(server: &Server) -> Policy {
    let limits = Limits {
        connect: Duration::from_secs(5),
        total: Duration::from_secs(20),
        body: 64 * 1024,
        ..Limits::default()
    };
    let own_name = format!("bank.lan:{}", server.port());
    Policy {
        allow: vec![server.address().to_string().parse().unwrap(), own_name.parse().unwrap()],
        own: vec![],
        limits,
    }
}

fn client(server: &Server) -> Client {
    Client::new(policy(server)).unwrap()
}

fn get(client: &Client, url: &str) -> OutgoingRequest {
    let origin = url.parse().unwrap();
    OutgoingRequest::builder(Method::Get, origin, url.into()).build(client.policy()).unwrap()
}

/// What a GET of the server's first page brings.
async fn fetch(server: &Server) -> Result<IncomingResponse, EgressError> {
    let client = client(server);
    client.send(&get(&client, &server.url("/"))).await
}

/// Gives its answers one after the other, and the last one again and again.
struct Names(Mutex<Vec<Vec<IpAddr>>>);

impl Names {
    fn new(answers: &[&[&str]]) -> Self {
        let parse = |answer: &&[&str]| answer.iter().map(|text| text.parse().unwrap()).collect();
        Self(Mutex::new(answers.iter().map(parse).collect()))
    }
}

impl Resolve for Names {
    fn resolve(&self, _host: &str) -> Resolving {
        let mut answers = self.0.lock().unwrap();
        let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
        Box::pin(async move { Ok(answer) })
    }
}
