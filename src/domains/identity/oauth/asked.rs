//! A request for tokens.

use super::form::{Client, Form};
use crate::http::House;
use std::net::IpAddr;

/// A request for tokens, as every grant gets it.
pub struct Asked<'a> {
    /// The house.
    pub house: &'a House,
    /// The address of whoever opened the connection.
    pub peer: Option<IpAddr>,
    /// What was sent.
    pub form: Form,
    /// The client, as it names itself.
    pub client: Option<Client>,
    /// True if there is a header `Authorization`.
    pub authorized: bool,
}
