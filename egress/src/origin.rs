use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::{Host, Url};

/// Scheme, host and port: where a request goes, without what it says there. It is written by the bot's author and
/// holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: Scheme,
    host: String,
    ip: Option<IpAddr>,
    port: u16,
}

/// The two schemes that are ever called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Encrypted.
    Https,
    /// Not encrypted.
    Http,
}

/// Why a text has no origin that could be called. What is wrong is said without the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// It is no URL.
    #[error("this is not a URL; a URL begins with `https://` and the name of a server")]
    NoUrl,
    /// A scheme that is never called.
    #[error("only `https` and `http` are called")]
    Scheme,
    /// A host with a placeholder or another character that no name of a server has.
    #[error(
        "the name of the server has a character that cannot be in it; placeholders cannot stand there either"
    )]
    Host,
    /// User name or password before the host.
    #[error(
        "a URL cannot carry a user name or a password before the name of the server; send them as a header"
    )]
    UserInfo,
    /// A backslash or a control character, which programs read in different ways.
    #[error("a URL cannot have a backslash, a line end or another control character")]
    Character,
}

impl Origin {
    /// The origin of a URL.
    ///
    /// # Errors
    /// [`OriginError`] for a URL that is never called.
    pub fn of(url: &Url) -> Result<Self, OriginError> {
        let scheme = match url.scheme() {
            "https" => Scheme::Https,
            "http" => Scheme::Http,
            _ => return Err(OriginError::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OriginError::UserInfo);
        }
        let (host, ip) = match url.host().ok_or(OriginError::NoUrl)? {
            Host::Domain(name) => (plain_name(name)?, None),
            Host::Ipv4(ip) => (ip.to_string(), Some(IpAddr::V4(ip))),
            Host::Ipv6(ip) => (format!("[{ip}]"), Some(IpAddr::V6(ip))),
        };
        let port = url.port_or_known_default().ok_or(OriginError::NoUrl)?;
        Ok(Self { scheme, host, ip, port })
    }

    /// The scheme.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host, in lower case, an IPv6 address in brackets, without a dot at the end.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host when it is written as an address.
    pub fn ip(&self) -> Option<IpAddr> {
        self.ip
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What an operator writes to allow it: `host:port`.
    pub fn host_port(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// Reads the origin of a URL or of a URL template whose placeholders stand after the host.
impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        Self::of(&parse_url(text)?)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, default) = match self.scheme {
            Scheme::Https => ("https", 443),
            Scheme::Http => ("http", 80),
        };
        write!(f, "{name}://{}", self.host)?;
        if self.port == default { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

/// A URL without the characters that the parser would silently drop or turn.
pub(crate) fn parse_url(text: &str) -> Result<Url, OriginError> {
    if text.contains('\\') || text.chars().any(char::is_control) {
        return Err(OriginError::Character);
    }
    Url::parse(text).map_err(|error| match error {
        url::ParseError::InvalidDomainCharacter | url::ParseError::IdnaError => OriginError::Host,
        _ => OriginError::NoUrl,
    })
}

/// The name of a host as it is compared: the parser has already made it lower case and ASCII.
pub(crate) fn plain_name(name: &str) -> Result<String, OriginError> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if name.is_empty() || name.len() > 253 || name.ends_with('.') || !name.bytes().all(plain) {
        return Err(OriginError::Host);
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_from_a_template() {
        let origin: Origin = "https://API.Bank.example/v1/{id}?q={question}".parse().unwrap();
        assert_eq!(origin.to_string(), "https://api.bank.example");
        assert_eq!(origin.host_port(), "api.bank.example:443");
        let origin: Origin = "http://[::1]:8080/x".parse().unwrap();
        assert_eq!((origin.to_string().as_str(), origin.port()), ("http://[::1]:8080", 8080));
        assert_eq!(origin.ip(), Some("::1".parse().unwrap()));
        assert_eq!("https://bank.example.".parse(), "https://BANK.example:443/a".parse::<Origin>());
        assert_eq!("https://bücher.example/".parse::<Origin>().unwrap().host(), "xn--bcher-kva.example");
    }

    #[test]
    fn what_is_never_called_has_none() {
        for (text, error) in [
            ("", OriginError::NoUrl),
            ("bank.example/login", OriginError::NoUrl),
            ("file:///etc/passwd", OriginError::Scheme),
            ("gopher://bank.example/", OriginError::Scheme),
            ("ftp://bank.example/", OriginError::Scheme),
            ("javascript:alert(1)", OriginError::Scheme),
            ("https://user@bank.example/", OriginError::UserInfo),
            ("https://user:password@bank.example/", OriginError::UserInfo),
            ("https://{bank}.example/", OriginError::Host),
            ("https://bank..", OriginError::Host),
            ("https://127.0.0.1\\@bank.example/", OriginError::Character),
            ("https://bank.example/\r\nHost: x", OriginError::Character),
            ("ht\ttps://bank.example/", OriginError::Character),
        ] {
            assert_eq!(text.parse::<Origin>(), Err(error), "{text:?}");
        }
    }
}
