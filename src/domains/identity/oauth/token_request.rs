//! A request for tokens.

use super::form::{Client, Form};
use crate::http::AppState;

/// A request for tokens, as every grant gets it.
pub struct TokenRequest<'a> {
    /// The service.
    pub state: &'a AppState,
    /// The address that it comes from, as far as it is told apart from others.
    pub peer: String,
    /// What was sent.
    pub form: Form,
    /// The client, as it names itself.
    pub client: Option<Client>,
    /// True if there is a header `Authorization`.
    pub authorized: bool,
    /// True if that header says `Basic`, whether or not it can be read.
    pub basic: bool,
}
