//! One authenticated request, as every operation sees it.

use super::query;
use crate::access::Session;
use crate::error::{Problem, Result};
use crate::http::AppState;
use crate::resource::{Id, Lifecycle, ResourceType};
use crate::store::{CustomKinds, Reader};
use actix_web::HttpRequest;
use actix_web::web::Payload;
use std::sync::Arc;

/// The parameter that every write has.
pub const DRY_RUN: &str = "dry_run";

/// One authenticated request to the API.
pub struct RequestContext<'a> {
    /// The service.
    pub state: &'a AppState,
    /// Who asks.
    pub session: Arc<Session>,
    /// The request.
    pub request: &'a HttpRequest,
    /// Its body.
    pub payload: &'a mut Payload,
}

impl RequestContext<'_> {
    /// The pairs of the query string (400).
    pub fn pairs(&self) -> Result<Vec<(String, String)>> {
        query::pairs(self.request.query_string())
    }

    /// The custom fields of a collection, where a list is asked by one.
    pub async fn customs(&self, definition: &'static ResourceType, pairs: &[(String, String)]) -> Result<CustomKinds> {
        if !query::asks_customs(pairs) {
            return Ok(CustomKinds::default());
        }
        self.state.store.quick(&self.session, move |reader| reader.custom_kinds(definition)).await
    }

    /// Refuses every parameter (400).
    pub fn no_query(&self) -> Result<()> {
        query::only(&self.pairs()?, &[])
    }

    /// Refuses every parameter that not every write has (400).
    pub fn only_dry_run(&self) -> Result<()> {
        query::only(&self.pairs()?, &[DRY_RUN])
    }

    /// 404 comes before 403, and both before 428 and 422: who cannot see it, or may not change it, learns nothing more.
    pub async fn require_visible(&self, definition: &'static ResourceType, id: Id, verb: &'static str) -> Result<()> {
        let look = move |reader: &mut Reader<'_>| {
            let stored = reader.get(definition, id)?;
            if reader.holds(definition, &stored, verb)? { Ok(()) } else { Err(Problem::forbidden(&definition.permission(verb)).into()) }
        };
        self.state.store.quick(&self.session, look).await
    }

    /// The same of a move, for who may make any: the refusal names the permission of the move that is asked for, if one is.
    pub async fn require_movable(&self, definition: &'static ResourceType, id: Id, to: Option<String>) -> Result<()> {
        let look = move |reader: &mut Reader<'_>| {
            let stored = reader.get(definition, id)?;
            let verbs = definition.lifecycle.as_ref().map(Lifecycle::move_names).unwrap_or_default();
            for verb in &verbs {
                if reader.holds(definition, &stored, verb)? {
                    return Ok(());
                }
            }
            let asked = definition.lifecycle.as_ref().and_then(|lifecycle| lifecycle.move_to(stored.meta.state.as_deref(), to.as_deref()?));
            let verb = asked.map(|step| step.name).or(verbs.first().copied()).unwrap_or("update");
            Err(Problem::forbidden(&definition.permission(verb)).into())
        };
        self.state.store.quick(&self.session, look).await
    }
}
