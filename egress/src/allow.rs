use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use url::Host;

use crate::address::canonical;
use crate::origin::{Origin, OriginError, Scheme, plain_name};

/// What an operator allows beyond https to the public internet on the ports 80 and 443: a host, an address or a
/// network, on one port or on all. It may be private, and it may be called without encryption unless the entry says
/// `https://`.
///
/// Written `bank.lan:8443`, `bank.lan`, `127.0.0.1:8080`, `[::1]:8080`, `10.0.0.0/8:443`, `[fd00::/8]:443`,
/// `fd00::/8`, `https://bank.lan:8443` or `http://bank.lan`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    target: Target,
    /// None stands for every port.
    port: Option<u16>,
    /// None stands for both.
    scheme: Option<Scheme>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Host(String),
    Net(IpNet),
}

/// Why a text is no entry of the allow list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AllowError {
    /// Nothing stands there.
    #[error("an allow entry cannot be empty; write `HOST:PORT`, for example `bank.lan:8443`")]
    Empty,
    /// The port is no number from 1 to 65535.
    #[error("`{0}` has no port from 1 to 65535 after the colon")]
    Port(String),
    /// Neither a host nor an address nor a network.
    #[error("`{0}` is no host, no address and no network; write `HOST:PORT`, for example `bank.lan:8443`")]
    Host(String),
    /// A URL with more than scheme, host and port.
    #[error("`{0}` has more than scheme, host and port; a whole server is allowed, not a path of it")]
    Path(String),
    /// A URL of another scheme, or with a user name.
    #[error("`{text}` cannot be allowed: {source}")]
    Url {
        /// The entry.
        text: String,
        /// What is wrong with it.
        source: OriginError,
    },
    /// A network with bits beyond its length.
    #[error("`{text}` has bits beyond its length; the network is `{meant}`")]
    Network {
        /// The entry.
        text: String,
        /// The network in which it lies.
        meant: String,
    },
}

impl Allow {
    /// Whether the entry speaks of this host, written as a name or as an address, on this port.
    pub(crate) fn names(&self, origin: &Origin) -> bool {
        self.port_matches(origin.port())
            && self.scheme.is_none_or(|scheme| scheme == origin.scheme())
            && match (&self.target, origin.ip()) {
                (Target::Host(host), None) => host == origin.host(),
                (Target::Net(net), Some(ip)) => net.contains(&canonical(ip)),
                _ => false,
            }
    }

    /// Whether the entry allows to dial this address for this host.
    pub(crate) fn dials(&self, host: &str, port: u16, ip: IpAddr) -> bool {
        self.port_matches(port)
            && match &self.target {
                Target::Host(name) => name == host,
                Target::Net(net) => net.contains(&canonical(ip)),
            }
    }

    /// Whether a name could be allowed on this port by the address it resolves to.
    pub(crate) fn could_dial(&self, port: u16) -> bool {
        self.port_matches(port) && matches!(self.target, Target::Net(_))
    }

    /// Whether the entry allows this address on this port.
    pub(crate) fn covers(&self, port: u16, ip: IpAddr) -> bool {
        self.could_dial(port) && self.dials("", port, ip)
    }

    #[cfg(feature = "client")]
    pub(crate) fn port(&self) -> Option<u16> {
        self.port
    }

    fn port_matches(&self, port: u16) -> bool {
        self.port.is_none_or(|allowed| allowed == port)
    }
}

impl FromStr for Allow {
    type Err = AllowError;

    fn from_str(text: &str) -> Result<Self, AllowError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AllowError::Empty);
        }
        if text.contains("://") {
            return from_url(text);
        }
        let (host, port) = split_port(text)?;
        Ok(Self { target: target(text, host)?, port, scheme: None })
    }
}

impl fmt::Display for Allow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scheme {
            Some(Scheme::Https) => f.write_str("https://")?,
            Some(Scheme::Http) => f.write_str("http://")?,
            None => {}
        }
        match &self.target {
            Target::Host(host) => f.write_str(host)?,
            Target::Net(net) => {
                let single = net.prefix_len() == net.max_prefix_len();
                let text = if single { net.addr().to_string() } else { net.to_string() };
                if net.addr().is_ipv6() { write!(f, "[{text}]")? } else { f.write_str(&text)? }
            }
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

fn from_url(text: &str) -> Result<Allow, AllowError> {
    let url =
        crate::origin::parse_url(text).map_err(|source| AllowError::Url { text: text.to_owned(), source })?;
    let origin = Origin::of(&url).map_err(|source| AllowError::Url { text: text.to_owned(), source })?;
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(AllowError::Path(text.to_owned()));
    }
    let target = match origin.ip() {
        Some(ip) => Target::Net(canonical(ip).into()),
        None => Target::Host(origin.host().to_owned()),
    };
    Ok(Allow { target, port: Some(origin.port()), scheme: Some(origin.scheme()) })
}

/// Host and port. Several colons without brackets are an IPv6 address without a port.
fn split_port(text: &str) -> Result<(&str, Option<u16>), AllowError> {
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let Some((host, after)) = rest.split_once(']') else {
            return Err(AllowError::Host(text.to_owned()));
        };
        match after.strip_prefix(':') {
            Some(port) => (host, Some(port)),
            None if after.is_empty() => (host, None),
            None => return Err(AllowError::Host(text.to_owned())),
        }
    } else if text.matches(':').count() == 1 {
        let (host, port) = text.split_once(':').unwrap_or((text, ""));
        (host, Some(port))
    } else {
        (text, None)
    };
    match port {
        None | Some("*") => Ok((host, None)),
        Some(port) => match port.parse() {
            Ok(number) if number != 0 && port.bytes().all(|byte| byte.is_ascii_digit()) => {
                Ok((host, Some(number)))
            }
            _ => Err(AllowError::Port(text.to_owned())),
        },
    }
}

fn target(text: &str, host: &str) -> Result<Target, AllowError> {
    let wrong = || AllowError::Host(text.to_owned());
    if host.contains('/') {
        let net: IpNet = host.parse().map_err(|_| wrong())?;
        if net.trunc() != net {
            let meant = net.trunc().to_string();
            return Err(AllowError::Network { text: text.to_owned(), meant });
        }
        return Ok(Target::Net(net));
    }
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Ok(Target::Net(canonical(ip).into()));
    }
    match Host::parse(host) {
        Ok(Host::Domain(name)) => plain_name(&name).map(Target::Host).map_err(|_| wrong()),
        Ok(Host::Ipv4(ip)) => Ok(Target::Net(IpAddr::V4(ip).into())),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_one() {
        for (text, shown) in [
            ("bank.lan:8443", "bank.lan:8443"),
            (" Bank.LAN. ", "bank.lan"),
            ("localhost:*", "localhost"),
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("127.1:8080", "127.0.0.1:8080"),
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("10.0.0.0/8:443", "10.0.0.0/8:443"),
            ("::1", "[::1]"),
            ("[::1]:8080", "[::1]:8080"),
            ("[fd00::/8]:443", "[fd00::/8]:443"),
            ("fd00::/8", "[fd00::/8]"),
            ("[::ffff:10.0.0.1]:80", "10.0.0.1:80"),
            ("https://bank.lan:8443", "https://bank.lan:8443"),
            ("http://bank.lan/", "http://bank.lan:80"),
            ("https://[::1]", "https://[::1]:443"),
        ] {
            let entry: Allow = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(entry.to_string(), shown);
            assert_eq!(shown.parse(), Ok(entry));
        }
    }

    #[test]
    fn what_is_none_says_why() {
        for (text, message) in [
            ("", "an allow entry cannot be empty; write `HOST:PORT`, for example `bank.lan:8443`"),
            ("bank.lan:", "`bank.lan:` has no port from 1 to 65535 after the colon"),
            ("bank.lan:0", "`bank.lan:0` has no port from 1 to 65535 after the colon"),
            ("bank.lan:+80", "`bank.lan:+80` has no port from 1 to 65535 after the colon"),
            ("bank.lan:70000", "`bank.lan:70000` has no port from 1 to 65535 after the colon"),
            (
                "*.lan:80",
                "`*.lan:80` is no host, no address and no network; write `HOST:PORT`, for example `bank.lan:8443`",
            ),
            (
                "[::1",
                "`[::1` is no host, no address and no network; write `HOST:PORT`, for example `bank.lan:8443`",
            ),
            (
                "bank.lan/login",
                "`bank.lan/login` is no host, no address and no network; write `HOST:PORT`, for example \
                 `bank.lan:8443`",
            ),
            (
                "https://bank.lan/login",
                "`https://bank.lan/login` has more than scheme, host and port; a whole server is allowed, not a path \
                 of it",
            ),
            ("ftp://bank.lan", "`ftp://bank.lan` cannot be allowed: only `https` and `http` are called"),
            ("10.1.2.3/8", "`10.1.2.3/8` has bits beyond its length; the network is `10.0.0.0/8`"),
        ] {
            assert_eq!(text.parse::<Allow>().unwrap_err().to_string(), message, "{text}");
        }
    }
}
