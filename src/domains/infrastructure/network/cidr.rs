//! Arithmetic of internet addresses and prefixes (RFC 4632, RFC 4291), as pure functions of numbers.
//!
//! Not by the crate `ipnet`: it lets host bits and leading zeros of a length pass, and has no spans and no keys that order as addresses do.

use std::net::IpAddr;

/// A host address: its family and its bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Host {
    /// True for IPv6.
    pub six: bool,
    /// The address as a number.
    pub bits: u128,
}

/// A prefix: a first address whose host bits are zero, and how many bits it fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    /// The first address.
    pub first: Host,
    /// How many bits it fixes.
    pub length: u8,
}

impl Host {
    /// Reads an address as `std::net` does: no leading zeros, no zone.
    pub fn parse(text: &str) -> Option<Host> {
        Some(match text.parse::<IpAddr>().ok()? {
            IpAddr::V4(four) => Host { six: false, bits: u32::from(four).into() },
            IpAddr::V6(six) => Host { six: true, bits: six.into() },
        })
    }

    /// Its canonical text (RFC 5952).
    pub fn text(self) -> String {
        match u32::try_from(self.bits) {
            Ok(four) if !self.six => std::net::Ipv4Addr::from(four).to_string(),
            _ => std::net::Ipv6Addr::from(self.bits).to_string(),
        }
    }

    /// Text of fixed length that orders as the addresses do: the family and 32 hexadecimal digits.
    pub fn key(self) -> String {
        format!("{}{:032x}", if self.six { '6' } else { '4' }, self.bits)
    }

    /// The address that a key stands for.
    pub fn from_key(key: &str) -> Option<Host> {
        let six = match key.get(..1)? {
            "4" => false,
            "6" => true,
            _ => return None,
        };
        Some(Host { six, bits: u128::from_str_radix(key.get(1..33)?, 16).ok()? })
    }

    /// How many bits an address of its family has.
    pub fn width(self) -> u8 {
        if self.six { 128 } else { 32 }
    }
}

/// Reads the number of bits after the slash: plain digits without leading zeros.
pub fn parse_length(text: &str, width: u8) -> Option<u8> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
    text.parse::<u8>().ok().filter(|length| plain && *length <= width)
}

impl Cidr {
    /// Reads `10.20.0.0/16` or `2001:db8::/32`; none if host bits are set.
    pub fn parse(text: &str) -> Option<Cidr> {
        let (address, length) = text.split_once('/')?;
        let first = Host::parse(address)?;
        let prefix = Cidr { first, length: parse_length(length, first.width())? };
        (first.bits & prefix.host_mask() == 0).then_some(prefix)
    }

    /// Its canonical text.
    pub fn text(self) -> String {
        format!("{}/{}", self.first.text(), self.length)
    }

    /// Text of fixed length that orders as the prefixes do, one before those within it.
    pub fn key(self) -> String {
        format!("{}{:02x}", self.first.key(), self.length)
    }

    /// The prefix that a key stands for.
    pub fn from_key(key: &str) -> Option<Cidr> {
        Some(Cidr { first: Host::from_key(key)?, length: u8::from_str_radix(key.get(33..35)?, 16).ok()? })
    }

    /// The bits that are left to hosts, all set.
    fn host_mask(self) -> u128 {
        let free = u32::from(self.first.width().saturating_sub(self.length));
        1u128.checked_shl(free).map_or(u128::MAX, |size| size - 1)
    }

    /// Its last address.
    pub fn last(self) -> Host {
        Host { bits: self.first.bits | self.host_mask(), ..self.first }
    }

    /// True if the other is within it, or is the same.
    pub fn contains(self, other: Cidr) -> bool {
        self.first.six == other.first.six && self.length <= other.length && self.first.bits <= other.first.bits && other.last().bits <= self.last().bits
    }

    /// The addresses that hosts may have, first and last. Of an IPv4 network the first names the network and the last reaches
    /// all of it, but for /31 (RFC 3021) and /32; of an IPv6 network the first is every router's (RFC 4291, 2.6.1), but for
    /// /127 (RFC 6164) and /128. In a pool all are used.
    pub fn usable(self, pool: bool) -> (u128, u128) {
        let (first, last) = (self.first.bits, self.last().bits);
        match (pool || self.first.width() - self.length < 2, self.first.six) {
            (true, _) => (first, last),
            (false, false) => (first + 1, last - 1),
            (false, true) => (first + 1, last),
        }
    }
}

/// The lowest address from `first` to `last` that lies in none of the spans (both ends included); they must be sorted.
pub fn next_free((first, last): (u128, u128), taken: &[(u128, u128)]) -> Option<u128> {
    let mut candidate = first;
    for (from, to) in taken {
        if *from > candidate {
            break;
        }
        if *to >= candidate {
            candidate = to.checked_add(1)?;
        }
    }
    (candidate <= last).then_some(candidate)
}

/// The lowest prefix of a length within another that overlaps none of those taken; they must be sorted by their first address.
pub fn next_free_prefix(within: Cidr, length: u8, taken: &[Cidr]) -> Option<Cidr> {
    if length < within.length || length > within.first.width() {
        return None;
    }
    let mut candidate = Cidr { first: within.first, length };
    for each in taken.iter().filter(|each| each.first.six == within.first.six) {
        if each.first.bits > candidate.last().bits {
            break;
        }
        if each.last().bits >= candidate.first.bits {
            // The next multiple of its size behind what is taken.
            let behind = (each.last().bits | candidate.host_mask()).checked_add(1)?;
            candidate.first.bits = behind;
        }
    }
    within.contains(candidate).then_some(candidate)
}

/// How many of the addresses from `first` to `last` lie in one of the spans (both ends included); the spans must be sorted.
pub fn used((first, last): (u128, u128), taken: &[(u128, u128)]) -> u128 {
    let (mut used, mut next) = (0, Some(first));
    for (from, to) in taken {
        let Some(free) = next.filter(|free| *free <= last) else { break };
        let (from, to) = ((*from).max(free), (*to).min(last));
        if from <= to {
            used += to - from + 1;
            next = to.checked_add(1);
        }
    }
    used
}

/// The share of a prefix that others within it cover, from 0 to 1; they must be sorted, one before those within it.
pub fn covered(within: Cidr, taken: &[Cidr]) -> f64 {
    let mut share = 0.0;
    let mut last: Option<Cidr> = None;
    for each in taken.iter().filter(|each| within.contains(**each)) {
        if last.is_none_or(|counted| !counted.contains(*each)) {
            share += 0.5f64.powi(i32::from(each.length) - i32::from(within.length));
            last = Some(*each);
        }
    }
    share
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(text: &str) -> Cidr {
        Cidr::parse(text).unwrap()
    }

    fn prefixes(texts: &[&str]) -> Vec<Cidr> {
        texts.iter().map(|text| prefix(text)).collect()
    }

    #[test]
    fn what_is_used_is_counted_once_and_only_where_it_can_be_handed_out() {
        let eight = prefix("192.0.2.0/29");
        let all: Vec<(u128, u128)> = (eight.first.bits..=eight.last().bits).map(|bits| (bits, bits)).collect();
        assert_eq!(used(eight.usable(false), &all), 6, "all that can be handed out");
        let halves: Vec<(u128, u128)> = prefixes(&["192.0.2.0/25", "192.0.2.128/25"]).iter().map(|half| (half.first.bits, half.last().bits)).collect();
        assert_eq!(used(prefix("192.0.2.0/24").usable(false), &halves), 254);
        assert_eq!(used((10, 19), &[(5, 12), (11, 14), (14, 14), (18, 30)]), 7, "10 to 14, 18 and 19");
        assert_eq!(used((0, u128::MAX - 1), &[(0, u128::MAX)]), u128::MAX);
    }

    #[test]
    fn a_prefix_is_read_in_either_family_and_written_canonically() {
        for (text, canonical) in [
            ("10.20.0.0/16", "10.20.0.0/16"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("192.0.2.7/32", "192.0.2.7/32"),
            ("2001:DB8:0:0::/32", "2001:db8::/32"),
            ("::/0", "::/0"),
            ("2001:db8::1/128", "2001:db8::1/128"),
        ] {
            assert_eq!(prefix(text).text(), canonical);
            assert_eq!(Cidr::from_key(&prefix(text).key()), Some(prefix(text)));
        }
        for text in [
            "10.20.0.1/16",
            "10.20.0.0",
            "10.20.0.0/33",
            "10.20.0.0/-1",
            "10.20.0.0/08",
            "10.20.0/16",
            "010.0.0.0/8",
            "2001:db8::1/64",
            "::/129",
            "x/8",
            "/8",
            "10.0.0.0/",
            "10.0.0.0/+8",
        ] {
            assert_eq!(Cidr::parse(text), None, "{text}");
        }
    }

    #[test]
    fn keys_order_as_addresses_do_and_a_prefix_comes_before_what_is_within() {
        let mut keys: Vec<String> =
            ["10.0.0.0/8", "10.0.0.0/16", "10.0.1.0/24", "9.255.0.0/16", "2001:db8::/32"].iter().map(|text| prefix(text).key()).collect();
        keys.sort();
        let texts: Vec<String> = keys.iter().map(|key| Cidr::from_key(key).unwrap().text()).collect();
        assert_eq!(texts, ["9.255.0.0/16", "10.0.0.0/8", "10.0.0.0/16", "10.0.1.0/24", "2001:db8::/32"]);
        assert_eq!(Host::from_key(&Host::parse("192.0.2.1").unwrap().key()), Host::parse("192.0.2.1"));
        assert_eq!((Host::from_key(""), Host::from_key("5"), Cidr::from_key("4é")), (None, None, None));
    }

    #[test]
    fn a_prefix_knows_its_last_address_and_what_is_within() {
        assert_eq!(prefix("10.20.0.0/16").last().text(), "10.20.255.255");
        assert_eq!(prefix("2001:db8::/32").last().text(), "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
        assert_eq!(prefix("::/0").last().bits, u128::MAX);
        assert!(prefix("10.0.0.0/8").contains(prefix("10.255.0.0/16")) && prefix("10.0.0.0/8").contains(prefix("10.0.0.0/8")));
        assert!(!prefix("10.0.0.0/8").contains(prefix("11.0.0.0/16")) && !prefix("::/0").contains(prefix("10.0.0.0/8")));
        assert!(!prefix("10.0.0.0/16").contains(prefix("10.0.0.0/8")));
    }

    #[test]
    fn hosts_do_not_get_the_address_of_the_network_nor_that_of_everybody() {
        let usable = |text: &str, pool: bool| {
            let (first, last) = prefix(text).usable(pool);
            let six = text.contains(':');
            (Host { six, bits: first }.text(), Host { six, bits: last }.text())
        };
        let pair = |first: &str, last: &str| (first.to_owned(), last.to_owned());
        assert_eq!(usable("192.0.2.0/30", false), pair("192.0.2.1", "192.0.2.2"));
        assert_eq!(usable("192.0.2.0/30", true), pair("192.0.2.0", "192.0.2.3"));
        assert_eq!(usable("192.0.2.0/31", false), pair("192.0.2.0", "192.0.2.1"));
        assert_eq!(usable("192.0.2.9/32", false), pair("192.0.2.9", "192.0.2.9"));
        assert_eq!(usable("2001:db8::/126", false), pair("2001:db8::1", "2001:db8::3"));
        assert_eq!(usable("2001:db8::/127", false), pair("2001:db8::", "2001:db8::1"));
    }

    #[test]
    fn the_next_free_address_is_the_lowest_gap() {
        assert_eq!(next_free((1, 6), &[]), Some(1));
        assert_eq!(next_free((1, 6), &[(0, 0), (1, 1), (2, 2), (4, 4)]), Some(3));
        assert_eq!(next_free((1, 6), &[(0, 3), (2, 2), (4, 5)]), Some(6));
        assert_eq!(next_free((1, 6), &[(1, 4), (5, 6)]), None);
        assert_eq!(next_free((u128::MAX - 1, u128::MAX), &[(u128::MAX - 1, u128::MAX)]), None);
    }

    #[test]
    fn the_next_free_prefix_is_aligned_and_overlaps_nothing() {
        let next = |within: &str, length: u8, taken: &[&str]| next_free_prefix(prefix(within), length, &prefixes(taken)).map(Cidr::text);
        assert_eq!(next("10.0.0.0/24", 26, &[]), Some("10.0.0.0/26".into()));
        assert_eq!(next("10.0.0.0/24", 26, &["10.0.0.0/28"]), Some("10.0.0.64/26".into()));
        assert_eq!(next("10.0.0.0/24", 28, &["10.0.0.0/26", "10.0.0.64/30"]), Some("10.0.0.80/28".into()));
        assert_eq!(next("10.0.0.0/24", 26, &["10.0.0.64/26", "10.0.0.128/25"]), Some("10.0.0.0/26".into()));
        assert_eq!(next("10.0.0.0/24", 26, &["10.0.0.0/25", "10.0.0.0/26", "10.0.0.128/25"]), None);
        assert_eq!(next("255.255.255.0/24", 25, &["255.255.255.0/25", "255.255.255.128/25"]), None);
        assert_eq!(next("2001:db8::/32", 48, &["2001:db8::/48"]), Some("2001:db8:1::/48".into()));
        assert_eq!(next("::/0", 1, &["::/1", "8000::/1"]), None);
        assert_eq!(next("10.0.0.0/24", 33, &[]), None);
    }

    #[test]
    fn what_is_covered_twice_counts_once() {
        let covered = |within: &str, taken: &[&str]| super::covered(prefix(within), &prefixes(taken));
        assert_eq!(covered("10.0.0.0/24", &[]), 0.0);
        assert_eq!(covered("10.0.0.0/24", &["10.0.0.0/25", "10.0.0.0/26", "10.0.0.64/26", "10.0.0.192/26"]), 0.75);
        assert_eq!(covered("10.0.0.0/24", &["9.0.0.0/24", "10.0.0.0/25", "10.0.0.128/25"]), 1.0);
        assert_eq!(covered("2001:db8::/32", &["2001:db8::/36", "2001:db8:f000::/36"]), 0.125);
    }
}
