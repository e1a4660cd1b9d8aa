use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address is not one of the public internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressKind {
    /// The machine itself: 127.0.0.0/8 (RFC 1122), ::1 (RFC 4291).
    Loopback,
    /// A private network: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 (RFC 1918), fc00::/7 (RFC 4193), fec0::/10
    /// (RFC 3879).
    Private,
    /// Shared by the customers of a provider: 100.64.0.0/10 (RFC 6598).
    Shared,
    /// The same cable or radio cell: 169.254.0.0/16 (RFC 3927), fe80::/10 (RFC 4291).
    LinkLocal,
    /// A service of a cloud that hands out credentials. It is never allowed.
    Metadata,
    /// No address at all: 0.0.0.0/8 (RFC 1122), :: (RFC 4291). Systems take it for the machine itself.
    Unspecified,
    /// Many receivers: 224.0.0.0/4 (RFC 5771), ff00::/8 (RFC 4291), 255.255.255.255.
    Multicast,
    /// Examples in texts: 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 (RFC 5737), 2001:db8::/32 (RFC 3849),
    /// 3fff::/20 (RFC 9637).
    Documentation,
    /// Measurements: 198.18.0.0/15 (RFC 2544), 2001:2::/48 (RFC 5180).
    Benchmarking,
    /// Carries an IPv4 address in an IPv6 address: mapped, compatible, NAT64, 6to4, Teredo. What is reached is
    /// decided by another machine.
    Translated,
    /// Reserved by IANA for another use or for none.
    Reserved,
}

/// Why the address may not be called, as far as nobody has listed it; none for an address of the public internet.
///
/// An IPv4 address inside an IPv6 address counts as what it is.
pub fn blocked(ip: IpAddr) -> Option<AddressKind> {
    match ip {
        IpAddr::V4(ip) => blocked_v4(ip),
        IpAddr::V6(ip) => blocked_v6(ip),
    }
}

/// An IPv4-mapped address as the IPv4 address that a socket would dial for it.
pub(crate) fn canonical(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}

impl fmt::Display for AddressKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Loopback => "an address of the machine itself",
            Self::Private => "a private address",
            Self::Shared => "an address inside a provider's network",
            Self::LinkLocal => "a link-local address",
            Self::Metadata => "the metadata service of a cloud",
            Self::Unspecified => "an unspecified address",
            Self::Multicast => "a multicast address",
            Self::Documentation => "an address for examples",
            Self::Benchmarking => "an address for measurements",
            Self::Translated => "an address that stands for another one",
            Self::Reserved => "a reserved address",
        })
    }
}

/// Addresses at which clouds hand out credentials: AWS, Azure, Google, Oracle, Alibaba, and the agents of AWS ECS
/// and EKS. Some lie outside all other ranges of this module.
const METADATA_V4: [Ipv4Addr; 6] = [
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 170, 23),
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(192, 0, 0, 192),
    Ipv4Addr::new(100, 100, 100, 200),
];
const METADATA_V6: [Ipv6Addr; 3] = [
    Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x23),
    Ipv6Addr::new(0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x254),
];

fn blocked_v4(ip: Ipv4Addr) -> Option<AddressKind> {
    if METADATA_V4.contains(&ip) {
        return Some(AddressKind::Metadata);
    }
    Some(match ip.octets() {
        [0, ..] => AddressKind::Unspecified,
        [127, ..] => AddressKind::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => AddressKind::Private,
        [100, 64..=127, ..] => AddressKind::Shared,
        [169, 254, ..] => AddressKind::LinkLocal,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => AddressKind::Documentation,
        [198, 18..=19, ..] => AddressKind::Benchmarking,
        // Protocol assignments (RFC 6890) and the relays of 6to4 (RFC 7526).
        [192, 0, 0, _] | [192, 88, 99, _] => AddressKind::Reserved,
        [224..=239, ..] | [255, 255, 255, 255] => AddressKind::Multicast,
        [240..=255, ..] => AddressKind::Reserved,
        _ => return None,
    })
}

fn blocked_v6(ip: Ipv6Addr) -> Option<AddressKind> {
    if METADATA_V6.contains(&ip) {
        return Some(AddressKind::Metadata);
    }
    if ip == Ipv6Addr::UNSPECIFIED {
        return Some(AddressKind::Unspecified);
    }
    if ip == Ipv6Addr::LOCALHOST {
        return Some(AddressKind::Loopback);
    }
    if let Some(inner) = embedded(ip) {
        return Some(blocked_v4(inner).unwrap_or(AddressKind::Translated));
    }
    Some(match ip.segments() {
        [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] => AddressKind::Private,
        [0xfe80..=0xfebf, ..] => AddressKind::LinkLocal,
        [0xff00..=0xffff, ..] => AddressKind::Multicast,
        // The NAT64 of a local network (RFC 8215): where the IPv4 address stands in it is a local matter.
        [0x64, 0xff9b, 1, ..] => AddressKind::Translated,
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0x0fff, ..] => AddressKind::Documentation,
        [0x2001, 2, 0, ..] => AddressKind::Benchmarking,
        // Protocol assignments (RFC 2928).
        [0x2001, 0..=0x1ff, ..] => AddressKind::Reserved,
        // Everything of the public internet lies in 2000::/3. Not so 100::/64 and 5f00::/16.
        [0x2000..=0x3fff, ..] => return None,
        _ => AddressKind::Reserved,
    })
}

/// The IPv4 address that an IPv6 address carries.
fn embedded(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match ip.segments() {
        // Compatible (RFC 4291, 2.5.5.1), mapped (2.5.5.2) and translated (RFC 2765).
        [0, 0, 0, 0, 0, 0, high, low]
        | [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low] => Some(v4(high, low)),
        // NAT64 (RFC 6052).
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(v4(high, low)),
        // 6to4 (RFC 3056).
        [0x2002, high, low, ..] => Some(v4(high, low)),
        // Teredo (RFC 4380): the client's address with all bits turned.
        [0x2001, 0, _, _, _, _, high, low] => Some(v4(!high, !low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Option<AddressKind> {
        blocked(text.parse().unwrap())
    }

    #[test]
    fn every_range_to_its_last_address() {
        use AddressKind::*;
        let ranges: &[(&str, &str, AddressKind)] = &[
            ("0.0.0.0", "0.255.255.255", Unspecified),
            ("10.0.0.0", "10.255.255.255", Private),
            ("100.64.0.0", "100.127.255.255", Shared),
            ("127.0.0.0", "127.255.255.255", Loopback),
            ("169.254.0.0", "169.254.255.255", LinkLocal),
            ("172.16.0.0", "172.31.255.255", Private),
            ("192.0.0.0", "192.0.0.255", Reserved),
            ("192.0.2.0", "192.0.2.255", Documentation),
            ("192.88.99.0", "192.88.99.255", Reserved),
            ("192.168.0.0", "192.168.255.255", Private),
            ("198.18.0.0", "198.19.255.255", Benchmarking),
            ("198.51.100.0", "198.51.100.255", Documentation),
            ("203.0.113.0", "203.0.113.255", Documentation),
            ("224.0.0.0", "239.255.255.255", Multicast),
            ("240.0.0.0", "255.255.255.254", Reserved),
            ("255.255.255.255", "255.255.255.255", Multicast),
            ("::", "::", Unspecified),
            ("::1", "::1", Loopback),
            ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Private),
            ("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", LinkLocal),
            ("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Private),
            ("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Multicast),
            ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", Documentation),
            ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", Documentation),
            ("2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff", Benchmarking),
            ("2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff", Reserved),
            ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", Translated),
            ("100::", "100::ffff:ffff:ffff:ffff", Reserved),
            ("5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Reserved),
            ("4000::", "4000::1", Reserved),
        ];
        for (first, last, kind) in ranges {
            assert_eq!(check(first), Some(*kind), "{first}");
            assert_eq!(check(last), Some(*kind), "{last}");
        }
    }

    #[test]
    fn the_neighbours_of_the_ranges_are_public() {
        for public in [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.88.98.0",
            "192.88.100.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.0",
            "198.51.101.0",
            "203.0.112.0",
            "203.0.114.0",
            "223.255.255.255",
            "8.8.8.8",
            "2000::",
            "2001:200::",
            "2001:db7::1",
            "2001:db9::1",
            "2003::1",
            "2606:4700::1111",
            "3ffe:ffff::1",
            "3fff:1000::1",
        ] {
            assert_eq!(check(public), None, "{public}");
        }
    }

    #[test]
    fn an_embedded_address_counts_as_what_it_is() {
        use AddressKind::*;
        let cases: &[(&str, AddressKind)] = &[
            ("::ffff:127.0.0.1", Loopback),
            ("::ffff:10.0.0.1", Private),
            ("::ffff:169.254.169.254", Metadata),
            ("::ffff:8.8.8.8", Translated),
            ("::127.0.0.1", Loopback),
            ("::10.1.2.3", Private),
            ("::8.8.8.8", Translated),
            ("::ffff:0:127.0.0.1", Loopback),
            ("64:ff9b::a9fe:a9fe", Metadata),
            ("64:ff9b::127.0.0.1", Loopback),
            ("64:ff9b::8.8.8.8", Translated),
            ("2002:7f00:1::", Loopback),
            ("2002:a00:1::1", Private),
            ("2002:808:808::1", Translated),
            ("2001:0:4136:e378:8000:63bf:80ff:fffe", Loopback),
            ("2001:0:4136:e378:8000:63bf:f5ff:fffe", Private),
            ("2001:0:4136:e378:8000:63bf:f7f7:f7f7", Translated),
        ];
        for (text, kind) in cases {
            assert_eq!(check(text), Some(*kind), "{text}");
        }
    }

    #[test]
    fn metadata_services_are_known() {
        for text in [
            "169.254.169.254",
            "169.254.170.2",
            "168.63.129.16",
            "192.0.0.192",
            "100.100.100.200",
            "fd00:ec2::254",
            "fd20:ce::254",
        ] {
            assert_eq!(check(text), Some(AddressKind::Metadata), "{text}");
        }
    }
}
