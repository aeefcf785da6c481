//! What the service asks of others over HTTP and sends them by mail: where it may connect, how long it waits, how much it reads, how long it
//! remembers what it was told.
//!
//! An address that a client of the API has chosen must not lead into the network behind the service (server-side request
//! forgery). So every connection goes through one [`Client`]: over `https`, to addresses of the public internet and those
//! networks that the operator names, without redirects or proxies, and to the very addresses that were judged.

mod address;
mod client;
mod document;
mod mail;

pub use address::{Network, is_public};
pub use client::{Answer, Client, Failure, MESSAGES_AT_ONCE, why_no_address};
pub use document::Documents;
pub use mail::{Mail, Mailer};

use crate::clock::Clock;
use std::path::Path;
use std::sync::OnceLock;

/// The networks that the operator has named, for who judges an address long before it is asked.
static NAMED: OnceLock<Vec<Network>> = OnceLock::new();

/// Why no message can be posted to a URL, by what it says itself; none if it may be tried.
pub fn why_not_posted(url: &str) -> Option<&'static str> {
    client::why_not_posted(url, NAMED.get().map_or(&[], Vec::as_slice))
}

/// What the service asks of others.
pub struct Outgoing {
    /// The networks that are not public and may be reached all the same.
    pub named: Vec<Network>,
    /// Sends requests.
    pub client: Client,
    /// JSON documents of others, remembered for a while.
    pub documents: Documents,
}

impl Outgoing {
    /// With the networks that are not public and may be reached all the same (`10.1.0.0/16`, `127.0.0.1`), and the file of
    /// the authorities that sign certificates (PEM); without it, those that browsers trust.
    pub fn new(allowed: &[String], authorities: Option<&Path>, clock: Clock) -> Result<Self, String> {
        let parse = |text: &String| Network::parse(text.trim()).ok_or(format!("{text:?} is no network. Expected one such as 10.1.0.0/16 or 127.0.0.1."));
        let allowed = allowed.iter().filter(|text| !text.trim().is_empty()).map(parse).collect::<Result<Vec<_>, _>>()?;
        let client = Client::new(allowed.clone(), authorities)?;
        Ok(Outgoing { named: allowed, documents: Documents::new(client.clone(), clock), client })
    }

    /// Tells the process which networks the operator has named, once.
    pub fn admit(&self) {
        // Whoever says so second comes too late, and the first stays.
        let _ = NAMED.set(self.named.clone());
    }
}
