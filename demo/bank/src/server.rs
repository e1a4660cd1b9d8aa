use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::bank::{Bank, BankOptions};
use crate::connection::{Connection, Listening};
use crate::router::router;
use crate::stats::Stats;

/// Answers on `listener` until `shutdown` ends and the open requests are done. Requests that a fault lets hang end too,
/// and so the bank cannot be served again.
///
/// # Errors
/// What the operating system says about the socket.
pub async fn serve(
    listener: TcpListener,
    bank: Bank,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let service = router(bank.clone()).into_make_service_with_connect_info::<Connection>();
    let closing = async move {
        shutdown.await;
        bank.close();
    };
    axum::serve(Listening(listener), service).with_graceful_shutdown(closing).await
}

/// A bank that answers in the background; it stops when this is dropped.
pub struct Running {
    /// Where it listens: a free port of 127.0.0.1.
    pub addr: SocketAddr,
    bank: Bank,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<io::Result<()>>,
}

impl Bank {
    /// Opens a bank on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When the operating system gives no port.
    pub async fn start(options: BankOptions) -> io::Result<Running> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let addr = listener.local_addr()?;
        let bank = Self::new(options);
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(serve(listener, bank.clone(), async {
            // Dropping the sender stops the bank as well.
            let _ = stopped.await;
        }));
        Ok(Running { addr, bank, stop: Some(stop), task })
    }
}

impl Running {
    /// The address as the beginning of a URL: `http://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The bank that answers.
    pub fn bank(&self) -> &Bank {
        &self.bank
    }

    /// What the bank has seen until now.
    pub fn stats(&self) -> Stats {
        self.bank.stats()
    }

    /// Stops, and waits until the open requests are done.
    ///
    /// # Errors
    /// What the operating system said about the socket.
    pub async fn stop(mut self) -> io::Result<()> {
        drop(self.stop.take());
        self.task.await.unwrap_or_else(|panicked| Err(io::Error::other(panicked)))
    }
}
