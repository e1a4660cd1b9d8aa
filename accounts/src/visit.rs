use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use countersign_model::Timestamp;
use url::{Host, Url};

/// One request of somebody: when it came, and from where.
#[derive(Clone, Debug)]
pub struct Visit {
    /// When.
    pub at: Timestamp,
    /// From which address; `None` for a command on the host.
    pub ip: Option<IpAddr>,
    /// What the browser says it is. Shown in the list of sessions, cut to 200 characters.
    pub agent: String,
}

impl Visit {
    /// A command of the operator on the host.
    pub fn on_the_host(at: Timestamp) -> Self {
        Self { at, ip: None, agent: String::new() }
    }

    pub(crate) fn short_agent(&self) -> String {
        self.agent.chars().filter(|c| !c.is_control()).take(200).collect()
    }

    /// The network that attempts are counted for. One house has a whole /64 of IPv6, so that is one.
    pub fn network(&self) -> String {
        match self.ip.map(|ip| ip.to_canonical()) {
            None => "host".to_owned(),
            Some(IpAddr::V4(ip)) => ip.to_string(),
            Some(IpAddr::V6(ip)) => {
                let [a, b, c, d, ..] = ip.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        }
    }
}

/// Where people reach the console: scheme, host and port, as the browser names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicOrigin {
    text: String,
    host: Host<String>,
}

/// Why a text is not the origin of a console.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// It is no URL.
    #[error("`{0}` is no address of a web page; write it like `https://bots.example.com`")]
    NotAUrl(String),
    /// Neither https nor this machine.
    #[error(
        "`{0}` has no https; browsers send passwords and passkeys in the clear only to `http://localhost`"
    )]
    NotSecure(String),
}

impl PublicOrigin {
    /// The origin as browsers write it: `https://bots.example.com`, `http://localhost:8080`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The id of the relying party (WebAuthn Level 3, §5.1.2): the host. `None` for a bare address, for which browsers
    /// make no passkeys.
    pub fn relying_party(&self) -> Option<&str> {
        match &self.host {
            Host::Domain(name) => Some(name),
            Host::Ipv4(_) | Host::Ipv6(_) => None,
        }
    }
}

impl FromStr for PublicOrigin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let not_a_url = || OriginError::NotAUrl(text.to_owned());
        let url = Url::parse(text).map_err(|_| not_a_url())?;
        let host = url.host().ok_or_else(not_a_url)?.to_owned();
        let local = match &host {
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
        };
        match url.scheme() {
            "https" => {}
            "http" if local => {}
            "http" => return Err(OriginError::NotSecure(text.to_owned())),
            _ => return Err(not_a_url()),
        }
        Ok(Self { text: url.origin().ascii_serialization(), host })
    }
}

impl fmt::Display for PublicOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_the_browser_says() {
        let origin: PublicOrigin = "https://Bots.Example.com:443/console?x".parse().unwrap();
        assert_eq!(origin.as_str(), "https://bots.example.com");
        assert_eq!(origin.relying_party(), Some("bots.example.com"));
        let here: PublicOrigin = "http://localhost:8080".parse().unwrap();
        assert_eq!((here.as_str(), here.relying_party()), ("http://localhost:8080", Some("localhost")));
        let bare: PublicOrigin = "http://127.0.0.1:8080/".parse().unwrap();
        assert_eq!((bare.as_str(), bare.relying_party()), ("http://127.0.0.1:8080", None));
    }

    #[test]
    fn others_are_refused_with_what_to_write() {
        let say = |text: &str| text.parse::<PublicOrigin>().unwrap_err().to_string();
        assert!(say("bots").contains("write it like `https://bots.example.com`"));
        assert!(say("ftp://bots.example.com").contains("no address of a web page"));
        assert!(say("http://bots.example.com").contains("has no https"));
    }

    #[test]
    fn one_house_is_one_network() {
        let visit = |ip: &str| Visit {
            at: Timestamp::from_secs(0),
            ip: Some(ip.parse().unwrap()),
            agent: String::new(),
        };
        assert_eq!(visit("2001:db8:1:2::1").network(), visit("2001:db8:1:2:ffff::9").network());
        assert_ne!(visit("2001:db8:1:2::1").network(), visit("2001:db8:1:3::1").network());
        assert_eq!(visit("::ffff:192.0.2.1").network(), "192.0.2.1");
    }
}
