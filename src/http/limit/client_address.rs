//! Whose request it is: the address of the socket, or what proxies that are trusted say of it.

use actix_web::http::header::HeaderMap;
use ipnet::IpNet;
use std::net::IpAddr;
use std::str::FromStr;

/// The header in which trusted proxies name the address before them. One, as the other would come from the client unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Header {
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// A network in CIDR notation, or a single address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpNet);

/// The proxies that are trusted; nobody, if nothing is set.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// Their networks.
    pub trusted: Vec<Network>,
    /// The header that they write.
    pub header: Header,
}

impl FromStr for Header {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "x-forwarded-for" => Ok(Header::XForwardedFor),
            "forwarded" => Ok(Header::Forwarded),
            _ => Err("expected x-forwarded-for or forwarded".into()),
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || format!("{text:?} is no network: expected an address such as 192.0.2.1, or a range such as 10.0.0.0/8 or fd00::/8");
        let single = |text: &str| text.parse().ok().map(|address: IpAddr| IpNet::from(address.to_canonical()));
        let network = text.trim().parse().ok().or_else(|| single(text.trim())).ok_or_else(expected)?;
        Ok(Network(network))
    }
}

impl Proxies {
    /// Whose request it is: the last address before the proxies that are trusted.
    pub fn peer(&self, socket: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut nearest = socket.to_canonical();
        if !self.trusts(nearest) {
            return nearest;
        }
        for hop in self.hops(headers).into_iter().rev() {
            // What cannot be read was written by who is trusted: further back nobody knows.
            let Some(address) = hop else { break };
            nearest = address;
            if !self.trusts(nearest) {
                break;
            }
        }
        nearest
    }

    /// Whether an address is that of a proxy that is trusted.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.0.contains(&address))
    }

    /// The addresses in the header, the farthest first; none where one cannot be read.
    fn hops(&self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        let name = match self.header {
            Header::XForwardedFor => "x-forwarded-for",
            Header::Forwarded => "forwarded",
        };
        let lines = headers.get_all(name).map(|line| line.to_str().unwrap_or_default());
        let hops = lines.flat_map(|line| line.split(','));
        match self.header {
            Header::XForwardedFor => hops.map(address).collect(),
            Header::Forwarded => hops.map(forwarded_for).collect(),
        }
    }
}

/// The `for` of one element of `Forwarded`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    address(value.trim().trim_matches('"'))
}

/// An address with or without a port; IPv6 with a port stands in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None if text.matches(':').count() == 1 => text.split_once(':')?.0,
        None => text,
    };
    bare.parse().ok().map(|address: IpAddr| address.to_canonical())
}

/// What one client can easily call its own: an IPv4 address, or the /64 of an IPv6 address.
pub fn household(address: IpAddr) -> IpAddr {
    IpNet::new(address, if address.is_ipv4() { 32 } else { 64 }).map_or(address, |network| network.network())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn proxies(trusted: &str, header: Header) -> Proxies {
        Proxies { trusted: trusted.split(',').filter(|text| !text.is_empty()).map(|text| text.parse().unwrap()).collect(), header }
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in lines {
            map.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        map
    }

    #[test]
    fn the_peer_is_the_last_hop_that_no_trusted_proxy_wrote_of_itself() {
        const XFF: &str = "x-forwarded-for";
        for (trusted, socket, lines, peer) in [
            ("", "203.0.113.9", &[(XFF, "198.51.100.1")][..], "203.0.113.9"),
            ("10.0.0.0/8", "203.0.113.9", &[(XFF, "198.51.100.1")], "203.0.113.9"),
            ("10.0.0.0/8", "10.1.2.3", &[(XFF, "198.51.100.1")], "198.51.100.1"),
            ("10.0.0.0/8", "10.1.2.3", &[(XFF, "1.1.1.1, 198.51.100.1")], "198.51.100.1"),
            ("10.0.0.0/8", "10.1.2.3", &[(XFF, "1.1.1.1"), (XFF, "198.51.100.1, 10.9.9.9")], "198.51.100.1"),
            ("10.0.0.0/8", "10.1.2.3", &[(XFF, "10.0.0.1, 10.0.0.2")], "10.0.0.1"),
            ("10.0.0.0/8", "10.1.2.3", &[(XFF, "198.51.100.1, unknown, 10.0.0.2")], "10.0.0.2"),
            ("10.0.0.0/8", "10.1.2.3", &[(XFF, "")], "10.1.2.3"),
            ("10.0.0.0/8", "10.1.2.3", &[], "10.1.2.3"),
            ("10.0.0.0/8", "10.1.2.3", &[(XFF, "198.51.100.1:4711")], "198.51.100.1"),
            ("10.0.0.0/8", "10.1.2.3", &[(XFF, "[2001:db8::1]:4711")], "2001:db8::1"),
            ("10.0.0.0/8", "10.1.2.3", &[(XFF, "2001:db8::1")], "2001:db8::1"),
            ("10.0.0.0/8", "10.1.2.3", &[("forwarded", "for=198.51.100.1")], "10.1.2.3"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", &[(XFF, "::ffff:198.51.100.1")], "198.51.100.1"),
            ("::ffff:10.1.2.3", "10.1.2.3", &[(XFF, "198.51.100.1")], "198.51.100.1"),
            ("fd00::/8", "fd12::1", &[(XFF, "198.51.100.1")], "198.51.100.1"),
            ("0.0.0.0/0", "203.0.113.9", &[(XFF, "198.51.100.1")], "198.51.100.1"),
            ("0.0.0.0/0", "2001:db8::9", &[(XFF, "198.51.100.1")], "2001:db8::9"),
        ] {
            let found = proxies(trusted, Header::XForwardedFor).peer(socket.parse().unwrap(), &headers(lines));
            assert_eq!(found, peer.parse::<IpAddr>().unwrap(), "{socket} through {trusted:?} with {lines:?}");
        }
    }

    #[test]
    fn forwarded_is_read_where_the_proxies_write_it_and_nothing_else_is() {
        for (lines, peer) in [
            (&[("forwarded", "for=198.51.100.1;proto=https;by=10.0.0.1")][..], "198.51.100.1"),
            (&[("forwarded", "For=\"[2001:db8:cafe::17]:4711\"")], "2001:db8:cafe::17"),
            (&[("forwarded", "for=1.1.1.1, for=198.51.100.1, for=10.0.0.7")], "198.51.100.1"),
            (&[("forwarded", "for=198.51.100.1, for=_hidden")], "10.1.2.3"),
            (&[("forwarded", "for=198.51.100.1"), ("x-forwarded-for", "1.1.1.1")], "198.51.100.1"),
            (&[("x-forwarded-for", "1.1.1.1")], "10.1.2.3"),
        ] {
            let found = proxies("10.0.0.0/8", Header::Forwarded).peer("10.1.2.3".parse().unwrap(), &headers(lines));
            assert_eq!(found, peer.parse::<IpAddr>().unwrap(), "{lines:?}");
        }
    }

    #[test]
    fn an_ipv6_client_is_its_network_and_an_ipv4_client_its_address() {
        let of = |text: &str| household(text.parse::<IpAddr>().unwrap().to_canonical()).to_string();
        assert_eq!(of("2001:db8:1:2:aaaa:bbbb:cccc:dddd"), "2001:db8:1:2::");
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_ne!(of("192.0.2.7"), of("192.0.2.8"));
    }

    #[test]
    fn what_is_no_network_is_refused_with_an_example() {
        for text in ["", "localhost", "10.0.0.0/33", "fd00::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0/8"] {
            assert!(text.parse::<Network>().unwrap_err().contains("10.0.0.0/8"), "{text}");
        }
    }
}
