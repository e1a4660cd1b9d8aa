use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;

use super::{Bounds, Counted};

/// How many connections there may be, in all and of one peer.
pub(super) struct Places(Arc<Inner>);

struct Inner {
    most: usize,
    most_of_peer: usize,
    uncounted: Vec<IpNet>,
    counted: Arc<dyn Counted>,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    of_peer: HashMap<IpAddr, usize>,
}

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// There are too many in all.
    All,
    /// The peer has too many.
    Peer,
}

/// That a connection is counted, until it is dropped.
pub(super) struct Place {
    inner: Arc<Inner>,
    peer: Option<IpAddr>,
}

impl Places {
    pub(super) fn new(bounds: &Bounds, counted: Arc<dyn Counted>) -> Self {
        Self(Arc::new(Inner {
            most: bounds.connections,
            most_of_peer: bounds.per_peer,
            uncounted: bounds.uncounted.clone(),
            counted,
            taken: Mutex::default(),
        }))
    }

    pub(super) fn take(&self, peer: IpAddr) -> Result<Place, Full> {
        let inner = &self.0;
        let address = peer.to_canonical();
        let peer = (!inner.uncounted.iter().any(|net| net.contains(&address))).then(|| neighbours(address));
        let taken = &mut *inner.taken();
        let full = if taken.all >= inner.most {
            Some(Full::All)
        } else {
            let of_peer = peer.and_then(|peer| taken.of_peer.get(&peer)).copied().unwrap_or(0);
            (of_peer >= inner.most_of_peer).then_some(Full::Peer)
        };
        if let Some(full) = full {
            inner.counted.refused();
            return Err(full);
        }
        taken.all += 1;
        if let Some(peer) = peer {
            *taken.of_peer.entry(peer).or_default() += 1;
        }
        inner.counted.opened();
        Ok(Place { inner: self.0.clone(), peer })
    }
}

impl Inner {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let taken = &mut *self.inner.taken();
        taken.all = taken.all.saturating_sub(1);
        if let Some(peer) = self.peer
            && let Some(count) = taken.of_peer.get_mut(&peer)
        {
            *count -= 1;
            if *count == 0 {
                taken.of_peer.remove(&peer);
            }
        }
        self.inner.counted.closed();
    }
}

/// One customer of a provider has a whole network of IPv6 addresses, 64 bits long.
fn neighbours(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    struct Nobody;

    impl Counted for Nobody {
        fn opened(&self) {}
        fn closed(&self) {}
        fn refused(&self) {}
    }

    fn places(connections: usize, per_peer: usize) -> Places {
        let second = Duration::from_secs(1);
        let uncounted = vec!["127.0.0.0/8".parse().unwrap()];
        let bounds = Bounds {
            header: second,
            write: second,
            idle: second,
            stop: second,
            connections,
            per_peer,
            uncounted,
        };
        Places::new(&bounds, Arc::new(Nobody))
    }

    fn take(places: &Places, peer: &str) -> Result<Place, Full> {
        places.take(peer.parse().unwrap())
    }

    #[test]
    fn a_peer_has_so_many_and_no_more() {
        let places = places(100, 2);
        let first = take(&places, "192.0.2.1").ok().unwrap();
        let _second = take(&places, "::ffff:192.0.2.1").ok().unwrap();
        assert_eq!(take(&places, "192.0.2.1").err(), Some(Full::Peer));
        assert!(take(&places, "192.0.2.2").is_ok());
        drop(first);
        assert!(take(&places, "192.0.2.1").is_ok());
    }

    #[test]
    fn a_network_of_ipv6_is_one_peer() {
        let places = places(100, 1);
        let _first = take(&places, "2001:db8::1").ok().unwrap();
        assert_eq!(take(&places, "2001:db8::ffff:2").err(), Some(Full::Peer));
        assert!(take(&places, "2001:db8:0:1::1").is_ok());
    }

    #[test]
    fn trusted_peers_are_bound_by_the_whole_alone() {
        let places = places(3, 1);
        let _all: Vec<_> = (0..3).map(|_| take(&places, "127.0.0.1").ok().unwrap()).collect();
        assert_eq!(take(&places, "127.0.0.1").err(), Some(Full::All));
        assert_eq!(take(&places, "192.0.2.1").err(), Some(Full::All));
    }
}
