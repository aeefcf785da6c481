//! How many connections an address may have open, and how long one may wait for a client that reads nothing.

use super::client_address::{Proxies, household};
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use rustix::net::{Shutdown, shutdown, sockopt};
use std::any::Any;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long bytes may wait for a client that takes none of them.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much the system keeps for a client that reads slowly, in bytes.
const BUFFER: usize = 128 << 10;

/// The connections that are open, by address.
#[derive(Clone)]
pub struct Connections(Arc<Counts>);

struct Counts {
    most: usize,
    proxies: Proxies,
    open: Mutex<HashMap<IpAddr, usize>>,
}

/// One open connection; it is counted as long as this is kept.
struct Open {
    counts: Arc<Counts>,
    address: IpAddr,
}

impl Counts {
    fn open(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut open = self.counts.open();
        let left = open.get(&self.address).map_or(0, |count| count.saturating_sub(1));
        if left == 0 {
            open.remove(&self.address);
        } else {
            open.insert(self.address, left);
        }
    }
}

impl Connections {
    /// So many connections of one address at once, or any number if that is 0.
    pub fn new(most: usize, proxies: Proxies) -> Self {
        Connections(Arc::new(Counts { most, proxies, open: Mutex::default() }))
    }

    /// Sets up a connection that was made, and counts it; closes it if its address has too many.
    pub fn admit(&self, socket: &dyn Any, data: &mut Extensions) {
        let Some(socket) = socket.downcast_ref::<TcpStream>() else { return };
        let milliseconds = u32::try_from(PATIENCE.as_millis()).unwrap_or(u32::MAX);
        // Where the system knows no such thing, a client that reads something, but slowly, is noticed all the same.
        let _ = sockopt::set_tcp_user_timeout(socket, milliseconds);
        let _ = sockopt::set_socket_send_buffer_size(socket, BUFFER);
        let Some(address) = socket.peer_addr().ok().map(|peer| household(peer.ip())) else { return };
        match self.count(address) {
            Some(open) => drop(data.insert(open)),
            None => {
                tracing::warn!(%address, "too many connections of one address; the newest is closed");
                let _ = shutdown(socket, Shutdown::Both);
            }
        }
    }

    /// Counts a connection; none if its address has too many.
    fn count(&self, address: IpAddr) -> Option<Open> {
        let mut open = self.0.open();
        let count = open.entry(address).or_default();
        if self.0.most > 0 && *count >= self.0.most && !self.0.proxies.trusts(address) {
            return None;
        }
        *count += 1;
        Some(Open { counts: self.0.clone(), address })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_connections_at_once_and_a_proxy_any_number() {
        let address = |text: &str| -> IpAddr { text.parse().unwrap() };
        let proxies = Proxies { trusted: vec!["10.0.0.0/8".parse().unwrap()], ..Proxies::default() };
        let connections = Connections::new(2, proxies);
        let mut kept: Vec<Open> = (0..2).map(|_| connections.count(address("192.0.2.1")).unwrap()).collect();
        assert!(connections.count(address("192.0.2.1")).is_none());
        assert!(connections.count(address("192.0.2.2")).is_some(), "others are not concerned");
        kept.extend((0..9).map(|_| connections.count(address("10.1.2.3")).unwrap()));
        kept.remove(0);
        kept.push(connections.count(address("192.0.2.1")).unwrap());
        drop(kept);
        assert!(connections.0.open().is_empty(), "what is closed is not counted");
    }
}
