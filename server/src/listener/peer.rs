use std::net::IpAddr;

use http::HeaderMap;
use ipnet::IpNet;

/// Who the peer really is: behind proxies that are trusted, the last address in `X-Forwarded-For` that is not one of
/// theirs. What stands before it came from the peer itself and may be anything.
pub(crate) fn peer(direct: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let direct = direct.to_canonical();
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|net| net.contains(ip));
    if !is_trusted(&direct) {
        return direct;
    }
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let hops = lines.flat_map(|line| line.to_str().unwrap_or("").rsplit(','));
    let mut last = direct;
    for hop in hops {
        let Some(ip) = address(hop.trim()) else { break };
        last = ip;
        if !is_trusted(&ip) {
            break;
        }
    }
    last
}

/// Some proxies write the port as well.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(ip, _)| ip);
    let ip =
        bare.parse::<IpAddr>().ok().or_else(|| bare.parse::<std::net::SocketAddr>().ok().map(|at| at.ip()));
    ip.map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(direct: &str, lines: &[&str]) -> String {
        let trusted = ["127.0.0.0/8".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        peer(direct.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(found("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(found("127.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(found("::ffff:127.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(found("127.0.0.1", &[]), "127.0.0.1");
    }

    #[test]
    fn what_the_peer_made_up_does_not_count() {
        assert_eq!(found("127.0.0.1", &["1.1.1.1, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(found("127.0.0.1", &["1.1.1.1", "198.51.100.7, 10.0.0.3"]), "198.51.100.7");
        assert_eq!(found("127.0.0.1", &["10.0.0.9"]), "10.0.0.9");
        assert_eq!(found("127.0.0.1", &["198.51.100.7, not an address"]), "127.0.0.1");
    }

    #[test]
    fn ports_and_brackets_are_left_out() {
        assert_eq!(found("127.0.0.1", &["198.51.100.7:4711"]), "198.51.100.7");
        assert_eq!(found("127.0.0.1", &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(found("127.0.0.1", &["2001:db8::1"]), "2001:db8::1");
    }
}
