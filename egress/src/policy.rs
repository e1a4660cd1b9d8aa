use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::address::{AddressKind, blocked, canonical};
use crate::allow::Allow;
use crate::error::Refusal;
use crate::limits::Limits;
use crate::origin::{Origin, Scheme};

/// What may be called, how long and how large. It is the operator's, never a bot author's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// What is allowed beyond https to the public internet on the ports 80 and 443.
    pub allow: Vec<Allow>,
    /// Sockets of this installation itself: its listeners, its database. They are never called, whatever `allow`
    /// says. 0.0.0.0, :: and each loopback
    /// address stand for all loopback addresses.
    pub own: Vec<SocketAddr>,
    /// Times and sizes.
    pub limits: Limits,
}

/// Names under which clouds offer their metadata service.
const METADATA_NAMES: [&str; 5] =
    ["metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"];

impl Policy {
    /// Whether the origin may be called, as far as it can be told without a name lookup. The addresses that a name
    /// resolves to are judged by the client when it dials them.
    ///
    /// # Errors
    /// [`Refusal`] with what an operator can do.
    pub fn admit(&self, origin: &Origin) -> Result<(), Refusal> {
        if METADATA_NAMES.contains(&origin.host()) {
            return Err(Refusal::Metadata { origin: origin.clone() });
        }
        let named = self.allow.iter().any(|entry| entry.names(origin));
        match origin.ip() {
            Some(ip) => self.admit_address(origin, ip)?,
            None => self.admit_name(origin, named)?,
        }
        if origin.scheme() == Scheme::Http && !named {
            return Err(Refusal::NotEncrypted { origin: origin.clone() });
        }
        Ok(())
    }

    fn admit_address(&self, origin: &Origin, ip: IpAddr) -> Result<(), Refusal> {
        match self.verdict(origin.host(), origin.port(), ip) {
            Verdict::Allowed => Ok(()),
            Verdict::Denied(denied) => Err(denied.refusal(origin)),
        }
    }

    pub(crate) fn verdict(&self, host: &str, port: u16, ip: IpAddr) -> Verdict {
        let kind = blocked(ip);
        if kind == Some(AddressKind::Metadata) {
            return Verdict::Denied(Denied::Address(AddressKind::Metadata));
        }
        if self.own.iter().any(|own| is_own(*own, port, ip)) {
            return Verdict::Denied(Denied::Own);
        }
        if self.allow.iter().any(|entry| entry.dials(host, port, ip)) {
            return Verdict::Allowed;
        }
        match kind {
            Some(kind) => Verdict::Denied(Denied::Address(kind)),
            None if is_standard(port) => Verdict::Allowed,
            None => Verdict::Denied(Denied::Port),
        }
    }

    fn admit_name(&self, origin: &Origin, named: bool) -> Result<(), Refusal> {
        if named {
            return Ok(());
        }
        let port = origin.port();
        let local = origin.host() == "localhost" || origin.host().ends_with(".localhost");
        let loopback: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        if local && !self.allow.iter().any(|entry| loopback.iter().any(|ip| entry.covers(port, *ip))) {
            return Err(Refusal::Address { origin: origin.clone(), kind: AddressKind::Loopback });
        }
        if !is_standard(port) && !self.allow.iter().any(|entry| entry.could_dial(port)) {
            return Err(Refusal::Port { origin: origin.clone() });
        }
        Ok(())
    }
}

/// What the policy says of one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    Denied(Denied),
}

/// Why an address is not dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address is not allowed")]
pub(crate) enum Denied {
    Own,
    Address(AddressKind),
    Port,
}

impl Denied {
    pub(crate) fn refusal(self, origin: &Origin) -> Refusal {
        let origin = origin.clone();
        match self {
            Self::Own => Refusal::Own { origin },
            Self::Address(AddressKind::Metadata) => Refusal::Metadata { origin },
            Self::Address(kind) => Refusal::Address { origin, kind },
            Self::Port => Refusal::Port { origin },
        }
    }
}

pub(crate) fn is_standard(port: u16) -> bool {
    matches!(port, 80 | 443)
}

fn is_own(own: SocketAddr, port: u16, ip: IpAddr) -> bool {
    let ip = canonical(ip);
    let loopback = || matches!(blocked(ip), Some(AddressKind::Loopback | AddressKind::Unspecified));
    own.port() == port
        && (canonical(own.ip()) == ip
            || ((own.ip().is_unspecified() || own.ip().is_loopback()) && loopback()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(allow: &[&str]) -> Policy {
        Policy { allow: allow.iter().map(|text| text.parse().unwrap()).collect(), ..Policy::default() }
    }

    fn blocked_as(kind: AddressKind) -> Verdict {
        Verdict::Denied(Denied::Address(kind))
    }

    fn admit(policy: &Policy, url: &str) -> Result<(), Refusal> {
        policy.admit(&url.parse().unwrap_or_else(|error| panic!("{url}: {error}")))
    }

    fn address(url: &str, kind: AddressKind) -> Result<(), Refusal> {
        Err(Refusal::Address { origin: url.parse().unwrap(), kind })
    }

    #[test]
    fn https_to_the_public_internet_needs_no_entry() {
        let policy = policy(&[]);
        for url in ["https://bank.example/", "https://8.8.8.8/", "https://bank.example:80/"] {
            assert_eq!(admit(&policy, url), Ok(()), "{url}");
        }
    }

    #[test]
    fn every_spelling_of_a_private_address_is_refused() {
        use AddressKind::*;
        let policy = policy(&[]);
        for (host, kind) in [
            ("127.0.0.1", Loopback),
            ("127.0.0.1.", Loopback),
            ("2130706433", Loopback),
            ("0x7f000001", Loopback),
            ("0x7f.1", Loopback),
            ("0177.0.0.1", Loopback),
            ("017700000001", Loopback),
            ("127.1", Loopback),
            ("127.0.1", Loopback),
            ("①②⑦.⓪.⓪.①", Loopback),
            ("127。0。0。1", Loopback),
            ("１２７.0.0.1", Loopback),
            ("%31%32%37.0.0.1", Loopback),
            ("/127.0.0.1", Loopback),
            ("localhost", Loopback),
            ("LOCALHOST", Loopback),
            ("localhost.", Loopback),
            ("ⓛocalhost", Loopback),
            ("a.localhost", Loopback),
            ("0", Unspecified),
            ("0.0.0.0", Unspecified),
            ("10.0.0.1", Private),
            ("0xa000001", Private),
            ("192.168.1.1", Private),
            ("100.64.0.1", Shared),
            ("169.254.1.1", LinkLocal),
            ("[::]", Unspecified),
            ("[::1]", Loopback),
            ("[0:0:0:0:0:0:0:1]", Loopback),
            ("[::ffff:127.0.0.1]", Loopback),
            ("[::ffff:7f00:1]", Loopback),
            ("[::127.0.0.1]", Loopback),
            ("[64:ff9b::127.0.0.1]", Loopback),
            ("[2002:7f00:1::]", Loopback),
            ("[fd00::1]", Private),
            ("[fe80::1]", LinkLocal),
            ("[fec0::1]", Private),
            ("255.255.255.255", Multicast),
        ] {
            let url = format!("https://{host}/");
            assert_eq!(admit(&policy, &url), address(&url, kind), "{host}");
        }
    }

    #[test]
    fn the_metadata_service_is_refused_even_when_its_network_is_listed() {
        let policy = policy(&["0.0.0.0/0", "::/0", "metadata.google.internal"]);
        for host in [
            "169.254.169.254",
            "2852039166",
            "0xa9fea9fe",
            "[::ffff:169.254.169.254]",
            "[64:ff9b::a9fe:a9fe]",
            "[fd00:ec2::254]",
            "metadata.google.internal",
            "METADATA.google.internal.",
            "168.63.129.16",
        ] {
            for scheme in ["http", "https"] {
                let url = format!("{scheme}://{host}/latest/meta-data/");
                assert_eq!(admit(&policy, &url), Err(Refusal::Metadata { origin: url.parse().unwrap() }));
            }
        }
    }

    #[test]
    fn own_sockets_are_refused_even_when_they_are_listed() {
        let mut policy = policy(&["127.0.0.0/8", "localhost", "10.0.0.5:5432"]);
        policy.own = vec!["0.0.0.0:8080".parse().unwrap(), "10.0.0.5:5432".parse().unwrap()];
        for url in ["http://127.0.0.1:8080/", "http://127.9.9.9:8080/", "http://10.0.0.5:5432/"] {
            assert_eq!(admit(&policy, url), Err(Refusal::Own { origin: url.parse().unwrap() }));
        }
        assert_eq!(policy.verdict("localhost", 8080, "::1".parse().unwrap()), Verdict::Denied(Denied::Own));
        assert_eq!(admit(&policy, "http://127.0.0.1:9000/"), Ok(()));
        assert_eq!(policy.verdict("localhost", 9000, "::1".parse().unwrap()), Verdict::Allowed);
    }

    #[test]
    fn an_entry_allows_what_it_names_and_no_more() {
        let policy = policy(&["bank.lan:8443", "127.0.0.1:8080", "10.0.0.0/8:443", "https://only.lan:9443"]);
        for good in [
            "https://bank.lan:8443/",
            "http://bank.lan:8443/",
            "http://BANK.lan.:8443/",
            "http://127.0.0.1:8080/",
            "https://[::ffff:127.0.0.1]:8080/",
            "https://10.1.2.3/",
            "https://only.lan:9443/",
        ] {
            assert_eq!(admit(&policy, good), Ok(()), "{good}");
        }
        for bad in [
            "http://bank.lan/",
            "https://bank.lan:8444/",
            "http://127.0.0.1:8081/",
            "https://127.0.0.2:8080/",
            "http://10.1.2.3/",
            "https://10.1.2.3:8443/",
            "http://only.lan:9443/",
            "http://x.bank.lan:8443/",
            "http://localhost:8080/",
        ] {
            assert!(admit(&policy, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_is_judged_by_the_address_that_is_dialled() {
        let policy = policy(&["bank.lan:8443", "10.0.0.0/8:9443"]);
        let verdict = |host: &str, port, ip: &str| policy.verdict(host, port, ip.parse().unwrap());
        assert_eq!(verdict("bank.lan", 8443, "192.168.1.1"), Verdict::Allowed);
        assert_eq!(verdict("bank.lan", 443, "192.168.1.1"), blocked_as(AddressKind::Private));
        assert_eq!(verdict("evil.example", 8443, "192.168.1.1"), blocked_as(AddressKind::Private));
        assert_eq!(verdict("any.example", 9443, "10.1.1.1"), Verdict::Allowed);
        assert_eq!(verdict("any.example", 9443, "8.8.8.8"), Verdict::Denied(Denied::Port));
        assert_eq!(verdict("any.example", 443, "8.8.8.8"), Verdict::Allowed);
        assert_eq!(verdict("bank.lan", 8443, "169.254.169.254"), blocked_as(AddressKind::Metadata));
    }

    #[test]
    fn messages_tell_the_line_to_add() {
        let policy = policy(&[]);
        let say = |url: &str| admit(&policy, url).unwrap_err().to_string();
        assert_eq!(
            say("https://10.0.0.7:8443/a?b=c"),
            "`10.0.0.7` is a private address; an operator can allow it with `--allow 10.0.0.7:8443`, or `[egress] \
             allow` in the configuration"
        );
        assert_eq!(
            say("http://bank.example/login"),
            "`http://bank.example` is not encrypted; use `https`, or an operator can allow it with `--allow \
             bank.example:80`, or `[egress] allow` in the configuration"
        );
        assert_eq!(
            say("https://bank.example:22/"),
            "only the ports 80 and 443 are called; an operator can allow `bank.example:22` with `--allow \
             bank.example:22`, or `[egress] allow` in the configuration"
        );
        assert_eq!(
            say("https://169.254.169.254/"),
            "`169.254.169.254` is the metadata service of a cloud, which is never called"
        );
    }
}
