//! A disk that is full, and a disk that may not be written to: nothing is acknowledged that is not kept, the program goes
//! on, and when the cause is gone so is the trouble, without hands.

use std::time::Duration;

use crate::crash::{Crowd, SILENCE, happened, server};
use crate::live::{Server, World, run};

/// A server whose directory is a small disk of its own.
fn on_a_small_disk(provider: &str, company: &str) -> Server {
    let server = server(provider, company);
    let at = server.dir.path().display().to_string();
    // The configuration is laid on the new disk, which hides the directory.
    server.before(format!(
        "cp -r {at} {at}.seed; mount -t tmpfs -o size=12m disk {at}; cp -r {at}.seed/. {at}/; rm -r {at}.seed"
    ))
}

/// Returns when the server refuses to acknowledge: the provider has to repeat.
async fn refuses(world: &World) {
    let before = world.history.borrow().refused;
    while world.history.borrow().refused < before + 5 {
        let changed = world.happened.notified();
        assert!(tokio::time::timeout(SILENCE, changed).await.is_ok(), "it never refuses");
    }
}

#[test]
fn a_full_disk_loses_nothing_and_heals_when_there_is_room() {
    run(survives("dd if=/dev/zero of=DIR/ballast bs=4k 2>/dev/null; test -s DIR/ballast", "rm DIR/ballast"));
}

async fn survives(trouble: &str, relief: &str) {
    let (world, provider, company) = World::new().await;
    let mut server = on_a_small_disk(&provider, &company);
    assert!(server.start(&world, None).await);
    let crowd = Crowd::new(&world, 6, 6, 0);
    happened(&world, 200).await;
    let (made, said) = server.inside(&trouble.replace("DIR", &server.dir.path().display().to_string()));
    assert!(made, "{said}");
    refuses(&world).await;
    assert!(!server.has_ended(), "it ended:\n{}", server.log());
    // It says so to whoever watches over it, and lives.
    is_ready(&server, false).await;
    assert_eq!(server.get("/healthz").await.0, 200);
    let (relieved, said) = server.inside(&relief.replace("DIR", &server.dir.path().display().to_string()));
    assert!(relieved, "{said}");
    happened(&world, 300).await;
    crowd.finish(&world, &server).await;
    assert_eq!(crate::crash::faults(&world.history.borrow()), Vec::<String>::new());
    is_ready(&server, true).await;
}

/// Returns when the server says that it is ready, or that it is not.
async fn is_ready(server: &Server, ready: bool) {
    let status = if ready { 200 } else { 503 };
    let says = tokio::time::timeout(SILENCE, async {
        while server.get("/readyz").await.0 != status {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(says.await.is_ok(), "it does not say {status}:\n{}", server.log());
}

#[test]
fn on_a_disk_that_may_not_be_written_to_it_says_so_and_does_not_start() {
    run(async {
        let (world, provider, company) = World::new().await;
        let server = on_a_small_disk(&provider, &company);
        let mut server = server.and_before("mount -o remount,ro DIR");
        assert!(!server.starts(&world).await);
        assert!(server.log().contains("may be written to"), "{}", server.log());
    });
}
