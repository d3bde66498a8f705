//! The open connections: how many there may be, in total and of one address.

use crate::guard::{self, Network};
use crate::socket::Activity;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Another machine may have one in so many of the connections, so that it cannot keep everybody else out.
const ADDRESS_SHARE: usize = 4;

/// The open connections: how many there may be, in total and of one address.
///
/// A connection above a limit closes the one that has been idle longest. If all are busy, the new one is refused.
#[derive(Debug)]
pub(super) struct Connections {
    max: usize,
    /// The addresses from which many callers come. They count towards the total only.
    proxies: Vec<Network>,
    open: Mutex<HashMap<u64, Open>>,
    last: AtomicU64,
}

#[derive(Debug)]
struct Open {
    /// `None` for callers that share an address.
    network: Option<IpAddr>,
    activity: Arc<Activity>,
    evicted: Arc<Notify>,
}

/// The place of a connection, for as long as the value lives.
#[derive(Debug)]
pub(super) struct Place {
    connections: Arc<Connections>,
    id: u64,
    pub(super) activity: Arc<Activity>,
    pub(super) evicted: Arc<Notify>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.lock().remove(&self.id);
    }
}

impl Connections {
    pub(super) fn new(max: usize, proxies: Vec<Network>) -> Connections {
        Connections {
            max,
            proxies,
            open: Mutex::default(),
            last: AtomicU64::new(0),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Admits a connection, or returns the reason why it is refused.
    pub(super) fn admit(self: &Arc<Self>, peer: IpAddr) -> Result<Place, String> {
        let peer = guard::plain(peer);
        let is_shared = peer.is_loopback() || self.proxies.iter().any(|proxy| proxy.contains(peer));
        let network = (!is_shared).then(|| network_of(peer));
        let mut open = self.lock();
        if network.is_some() {
            let most = self.max.div_ceil(ADDRESS_SHARE);
            let count = open.values().filter(|each| each.network == network).count();
            if count >= most && !make_room(&mut open, network) {
                return Err(format!("too many connections of one address: at most {most}"));
            }
        }
        if open.len() >= self.max && !make_room(&mut open, None) {
            return Err(format!("too many connections: at most {}", self.max));
        }
        let id = self.last.fetch_add(1, Ordering::Relaxed);
        let (activity, evicted) = (Arc::<Activity>::default(), Arc::<Notify>::default());
        open.insert(
            id,
            Open {
                network,
                activity: Arc::clone(&activity),
                evicted: Arc::clone(&evicted),
            },
        );
        Ok(Place {
            connections: Arc::clone(self),
            id,
            activity,
            evicted,
        })
    }
}

/// Closes the connection that has been idle longest, of a network or of all. Returns whether there was one.
fn make_room(open: &mut HashMap<u64, Open>, network: Option<IpAddr>) -> bool {
    let idle = open
        .iter()
        .filter(|(_, each)| !each.activity.is_busy() && (network.is_none() || each.network == network))
        .min_by_key(|(id, each)| (each.activity.idle_since(), **id))
        .map(|(id, _)| *id);
    let Some(found) = idle.and_then(|id| open.remove(&id)) else {
        return false;
    };
    found.evicted.notify_one();
    true
}

/// The part of an address that one machine has for itself: of the sixth version, the first half.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn connection_above_the_limit_closes_the_one_that_is_idle_longest() {
        let connections = Arc::new(Connections::new(2, Vec::new()));
        let here = address("127.0.0.1");
        let first = connections.admit(here).expect("room");
        let second = connections.admit(here).expect("room");
        // It was idle earlier, and is busy by now.
        first.activity.begin();
        let third = connections.admit(here).expect("room");
        assert_eq!(connections.lock().len(), 2);
        assert!(!connections.lock().contains_key(&second.id), "the idle one goes");
        third.activity.begin();
        assert_eq!(
            connections.admit(here).expect_err("full"),
            "too many connections: at most 2"
        );
        drop(third);
        assert!(connections.admit(here).is_ok());
    }

    #[test]
    fn one_machine_has_a_quarter_of_the_connections() {
        let connections = Arc::new(Connections::new(
            8,
            vec![Network::parse("192.0.2.7").expect("a network")],
        ));
        let busy = |text: &str| {
            let place = connections.admit(address(text))?;
            place.activity.begin();
            Ok::<_, String>(place)
        };
        let _held = [busy("2001:db8::1").expect("room"), busy("2001:db8::2").expect("room")];
        assert_eq!(
            busy("2001:db8::3").expect_err("the same network"),
            "too many connections of one address: at most 2"
        );
        let _other = busy("2001:db8:0:1::1").expect("another network");
        let _proxied =
            [busy("192.0.2.7"), busy("::ffff:192.0.2.7"), busy("192.0.2.7")].map(|place| place.expect("room"));
    }
}
