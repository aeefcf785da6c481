//! A request for tokens.

use super::form::{Client, Form};
use steward_core::access::security_event::{SecurityEvent, SecurityEventKind};
use steward_core::error::Result;
use steward_core::http::AppState;
use steward_core::resource::Id;

/// A request for tokens, as every grant gets it.
pub struct TokenRequest<'a> {
    /// The service.
    pub state: &'a AppState,
    /// The address that it comes from, as far as it is told apart from others.
    pub peer: String,
    /// The id of the request.
    pub request_id: String,
    /// What was sent.
    pub form: Form,
    /// The client, as it names itself.
    pub client: Option<Client>,
    /// True if there is a header `Authorization`.
    pub authorized: bool,
    /// True if that header says `Basic`, whether or not it can be read.
    pub basic: bool,
}

impl TokenRequest<'_> {
    /// A security event of the request, of a principal if one is known.
    pub fn event(&self, kind: SecurityEventKind, principal: Option<Id>, grant: &str) -> SecurityEvent {
        let (address, request_id) = (Some(self.peer.clone()), Some(self.request_id.clone()));
        SecurityEvent { kind, principal, address, subject: Some(grant.to_owned()), request_id }
    }

    /// Keeps an event, then tells it.
    pub async fn record(&self, event: SecurityEvent) -> Result<()> {
        let (kept, now) = (event.clone(), self.state.store.now());
        self.state.store.by_itself(move |connection| kept.record(connection, now)).await?;
        event.tell();
        Ok(())
    }
}
