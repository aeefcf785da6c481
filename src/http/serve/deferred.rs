//! Long work: whether a call is to be done later. Who keeps it is told at the start; this folder knows no jobs.

use crate::error::Result;
use crate::store::{Outcome, Writer};
use crate::view::{Call, Operation};
use actix_web::HttpRequest;
use actix_web::web::Bytes;
use std::sync::Arc;
use tokio::sync::Notify;

/// Bodies beyond this size are worked on later, in bytes.
pub const PATIENCE: usize = 5 << 20;

/// Who does calls later.
pub struct Later {
    /// Keeps a call; answers 202 with the operation to follow.
    pub ask: fn(&mut Writer<'_>, &'static Operation, &Call) -> Result<Outcome>,
    /// Rung when a call was kept.
    pub bell: Arc<Notify>,
}

/// Whether a call is to be done later: because the client prefers so (RFC 7240), or because it is large.
pub fn is_asked(request: &HttpRequest, body: &Bytes) -> bool {
    let prefers = request.headers().get_all("prefer").filter_map(|value| value.to_str().ok());
    let mut preferences = prefers.flat_map(|value| value.split([',', ';']));
    body.len() > PATIENCE || preferences.any(|preference| preference.trim().eq_ignore_ascii_case("respond-async"))
}
