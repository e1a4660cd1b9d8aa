use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use crate::policy::{Policy, Verdict};

/// The addresses of a name, on their way.
pub type Resolving = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Finds the addresses of a name.
pub trait Resolve: Send + Sync + 'static {
    /// All addresses of the host, in the order in which they are to be tried.
    fn resolve(&self, host: &str) -> Resolving;
}

/// Asks the system, as every other program does.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, host: &str) -> Resolving {
        let host = host.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// The name has no address.
#[derive(Debug, thiserror::Error)]
#[error("the name was not found")]
pub(crate) struct NameNotFound;

/// Leaves only the addresses that the policy allows, of the very answer that is dialled next: a name that points
/// elsewhere a moment later gains nothing.
pub(crate) struct Guard {
    pub(crate) resolver: Arc<dyn Resolve>,
    pub(crate) policy: Arc<Policy>,
    /// The port for which the policy is asked; one guard serves the requests of one port.
    pub(crate) port: u16,
}

impl reqwest::dns::Resolve for Guard {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let host = name.as_str().to_ascii_lowercase();
        let host = host.strip_suffix('.').unwrap_or(&host).to_owned();
        let answer = self.resolver.resolve(&host);
        let (policy, port) = (self.policy.clone(), self.port);
        Box::pin(async move {
            let found = answer.await.map_err(|_| NameNotFound)?;
            let mut denied = None;
            let mut allowed = Vec::with_capacity(found.len());
            for ip in found {
                match policy.verdict(&host, port, ip) {
                    // Port 0 leaves the port to the URL.
                    Verdict::Allowed => allowed.push(SocketAddr::new(ip, 0)),
                    Verdict::Denied(why) => denied = denied.or(Some(why)),
                }
            }
            match (allowed.is_empty(), denied) {
                (false, _) => Ok(Box::new(allowed.into_iter()) as reqwest::dns::Addrs),
                (true, Some(why)) => Err(why.into()),
                (true, None) => Err(NameNotFound.into()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use reqwest::dns::Resolve as _;

    use super::*;
    use crate::address::AddressKind;
    use crate::policy::Denied;

    struct Answers(Mutex<Vec<Vec<IpAddr>>>);

    impl Resolve for Answers {
        fn resolve(&self, _host: &str) -> Resolving {
            let answer = self.0.lock().unwrap().remove(0);
            Box::pin(async move { Ok(answer) })
        }
    }

    fn guard(answers: &[&[&str]]) -> Guard {
        let parse = |answer: &&[&str]| answer.iter().map(|text| text.parse().unwrap()).collect();
        let resolver = Arc::new(Answers(Mutex::new(answers.iter().map(parse).collect())));
        Guard { resolver, policy: Arc::default(), port: 443 }
    }

    async fn ask(guard: &Guard) -> Result<Vec<String>, Option<Denied>> {
        match guard.resolve("bank.example".parse().unwrap()).await {
            Ok(found) => Ok(found.map(|address| address.ip().to_string()).collect()),
            Err(error) => Err(error.downcast_ref::<Denied>().copied()),
        }
    }

    #[tokio::test]
    async fn the_second_answer_of_a_rebound_name_is_refused() {
        let guard = guard(&[&["8.8.8.8"], &["127.0.0.1"], &["::ffff:127.0.0.1"], &["169.254.169.254"]]);
        assert_eq!(ask(&guard).await, Ok(vec!["8.8.8.8".into()]));
        assert_eq!(ask(&guard).await, Err(Some(Denied::Address(AddressKind::Loopback))));
        assert_eq!(ask(&guard).await, Err(Some(Denied::Address(AddressKind::Loopback))));
        assert_eq!(ask(&guard).await, Err(Some(Denied::Address(AddressKind::Metadata))));
    }

    #[tokio::test]
    async fn only_the_allowed_part_of_an_answer_is_dialled() {
        let guard = guard(&[&["10.0.0.1", "8.8.8.8", "::1", "2606:4700::1111"], &[]]);
        assert_eq!(ask(&guard).await, Ok(vec!["8.8.8.8".into(), "2606:4700::1111".into()]));
        assert_eq!(ask(&guard).await, Err(None));
    }
}
