//! A webhook: what it wants, where it leads, and who may say so.

use super::pattern::{self, ChangedField};
use super::signature;
use diesel::prelude::*;
use serde_json::json;
use steward_core::access::Session;
use steward_core::access::key_wrap::{WEBHOOK, sealed};
use steward_core::error::{FieldError, Kind, Problem, Result};
use steward_core::http::fault_for;
use steward_core::outgoing::why_not_posted;
use steward_core::resource::value::{Instant, ListFilter, Sealed, Text, Title, Url, Whole};
use steward_core::resource::{Check, Effect, Flag, Id, Lifecycle, Made, Move, Resource, Scope, StateException, ValidationErrors, Watch};
use steward_core::store::{FieldVisibility, custom_kinds};
use steward_schema::platform::webhooks;

/// Number of webhooks that one principal may have.
const MOST: i64 = 50;

steward_core::resource! {
    /// Address to which events are posted as they happen, signed as Standard Webhooks says. A webhook sends what its maker may see at the
    /// moment of delivery, and only from its creation on. It is disabled when its maker may not log in any more or has left, when its
    /// receiver answers 410, and when its filter cannot be read any more; events that happen meanwhile are not sent later. Only its maker
    /// changes it, and no API token creates or changes one.
    pub struct Webhook {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Address of the receiver: https, or http in a network that the operator allows. Redirections are not followed.
        pub url: Url,
        /// Names of the events, such as `vendors.contract.signed`; `*` matches one part of a name, at the end the rest of it. Empty for all.
        #[field(default(|| json!([])))]
        pub events: Vec<Text<1, 200>>,
        /// Collection of the records whose events are wanted, as domain/collection; all if it is left out.
        pub collection: Option<Text<3, 100>>,
        /// Filter that the record satisfies after the event, of a deletion before it, in the language of lists, over fields that its maker
        /// may read. Only with `collection`.
        pub filter: Option<ListFilter>,
        /// Change of a field that is part of the event. Only with `collection`.
        pub changed: Option<ChangedField>,
        /// Secret by which the receiver checks the signature, `whsec_` and Base64. Write it down now; a lost one is rotated.
        #[field(shown_once(secret))]
        pub secret: Option<Sealed>,
        /// Secret before the last rotation.
        #[field(secret, read_only)]
        pub previous_secret: Option<Sealed>,
        /// Time until which the secret before the last rotation signs as well.
        #[field(read_only)]
        pub previous_secret_until: Option<Instant>,
        /// Position in the feed up to which events have been processed. It changes without a new revision, and is in no history.
        #[field(unversioned)]
        pub position: Option<Whole<0, { i64::MAX }>>,
    }
}

fn secret(_: Id) -> Made {
    let shown = signature::new_secret();
    Made { kept: sealed(WEBHOOK, &shown).ok(), shown }
}

impl Resource for Webhook {
    const PATH: &'static str = "platform/webhooks";
    type Table = steward_schema::platform::webhooks::table;
    const SCOPE: Scope = Scope::Own;
    const STATE_EXCEPTIONS: &'static [StateException] =
        &[StateException::deletable(&["disabled"], "A disabled webhook tells nothing; its owner clears it away, and its history stays.")];

    const FLAGS: &'static [Flag] =
        &[Flag { code: "filter", about: Webhook::PATH, watches: &[Watch::itself(Webhook::PATH)], judge: filters_by_the_unseen, hold: None }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("active:activate↔disabled:disable"))
    }

    fn sample() -> Self {
        Webhook {
            name: "Contracts to the archive".into(),
            url: Url("https://archive.example.org/hooks/steward".into()),
            events: vec!["vendors.contract.*".into()],
            collection: Some("vendors/contracts".into()),
            filter: Some(ListFilter("title : \"hosting\"".into())),
            changed: Some(ChangedField { field: "state".into(), from: None, to: Some("active".into()) }),
            secret: None,
            previous_secret: None,
            previous_secret_until: None,
            position: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let detail = "Say of which collection as well: domain/collection, such as vendors/contracts.";
        faults.require(self.filter.is_none() || self.collection.is_some(), "filter", "collection", detail);
        faults.require(self.changed.is_none() || self.collection.is_some(), "changed", "collection", detail);
        if let Some(why) = why_not_posted(&self.url.0) {
            faults.at("url", "address", why);
        }
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.actor == Id::system() {
            return Ok(());
        }
        let before = check.before::<Webhook>()?;
        if before.is_none_or(|before| !self.is_same(before)) {
            require_maker(check)?;
        }
        if before.is_none() {
            require_room(check)?;
        }
        let faults: Vec<FieldError> = self.faults(check)?;
        if faults.is_empty() { Ok(()) } else { Err(Problem::invalid(faults).into()) }
    }

    /// Its maker alone enables it, anybody who may change it disables it. What happened while it was disabled is not told.
    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to == "active" {
            if check.actor != Id::system() {
                require_maker(check)?;
            }
            diesel::update(webhooks::table.find(check.id)).set(webhooks::position.eq(None::<i64>)).execute(check.connection)?;
        }
        Ok(Vec::new())
    }
}

impl Webhook {
    /// Whether it has the same name and tells the same to the same receiver.
    fn is_same(&self, other: &Webhook) -> bool {
        let changed = |webhook: &Webhook| webhook.changed.as_ref().map(|changed| json!([changed.field.0, changed.from, changed.to]));
        (&self.name, &self.url.0, &self.events, &self.collection, &self.filter) == (&other.name, &other.url.0, &other.events, &other.collection, &other.filter)
            && changed(self) == changed(other)
    }

    /// What is wrong with what it names.
    fn faults(&self, check: &mut Check<'_>) -> Result<Vec<FieldError>> {
        let mut faults: Vec<FieldError> = self
            .events
            .iter()
            .enumerate()
            .filter_map(|(at, text)| Some(FieldError::new(format!("/events/{at}"), "event", pattern::fault(check.definitions, text)?)))
            .collect();
        let Some(path) = &self.collection else { return Ok(faults) };
        let Some(definition) = check.definitions.get(path) else {
            let detail = "There is no such collection. Write domain/collection, such as vendors/contracts.";
            faults.push(FieldError::new("/collection", "collection", detail));
            return Ok(faults);
        };
        let customs = custom_kinds(check.connection, definition)?;
        let maker = Session::load(check.connection, check.actor)?.unwrap_or_else(Session::system);
        if let Some(detail) = self.filter.as_ref().and_then(|text| fault_for(check.definitions, (definition, &customs), &maker, "filter", &text.0)) {
            faults.push(FieldError::new("/filter", "filter", detail));
        }
        let sight = FieldVisibility::of(definition, &maker);
        let is_hidden = |name: &str| definition.field(name).is_some_and(|field| field.restricted) && !sight.shows(name);
        let shown = |name: &str| pattern::is_listed(definition, name) && !is_hidden(name);
        if let Some(changed) = self.changed.as_ref().filter(|changed| !shown(&changed.field)) {
            let detail = format!(
                "{} has no field {} that events list as changed. Name one that the document of the API names, other than the revision and its time and author.",
                definition.path, &*changed.field
            );
            faults.push(FieldError::new("/changed/field", "field", detail));
        }
        Ok(faults)
    }
}

/// A webhook that is disabled asks for what its maker does not see any more: it tells nothing until its filter is another.
fn filters_by_the_unseen(check: &mut Check<'_>, webhook: Id) -> Result<Option<String>> {
    let disabled = webhooks::table.find(webhook).filter(webhooks::state.eq("disabled"));
    let wanted = disabled.select((webhooks::created_by, webhooks::collection.assume_not_null(), webhooks::filter.assume_not_null()));
    let wanted = wanted.filter(webhooks::collection.is_not_null().and(webhooks::filter.is_not_null()));
    let Some((maker, path, text)) = wanted.first::<(Id, String, String)>(check.connection).optional()? else { return Ok(None) };
    let (Some(maker), Some(definition)) = (Session::load(check.connection, maker)?, check.definitions.get(&path)) else { return Ok(None) };
    let customs = custom_kinds(check.connection, definition)?;
    let fault = fault_for(check.definitions, (definition, &customs), &maker, "filter", &text);
    Ok(fault.map(|fault| format!("Its filter cannot be read any more: {fault} Change the filter, and activate the webhook.")))
}

/// A webhook sees with its maker's eyes: nobody else says where that goes, and nobody who sees less.
fn require_maker(check: &mut Check<'_>) -> Result<()> {
    if check.token.is_some() {
        return Err(by_api_token().into());
    }
    let maker: Option<Id> = webhooks::table.find(check.id).select(webhooks::created_by).get_result(check.connection).optional()?;
    if maker.is_some_and(|maker| maker != check.actor) { Err(by_another().into()) } else { Ok(()) }
}

fn require_room(check: &mut Check<'_>) -> Result<()> {
    let made: i64 = webhooks::table.filter(webhooks::created_by.eq(check.actor)).count().get_result(check.connection)?;
    if made < MOST {
        return Ok(());
    }
    Err(Problem::conflict("", "too_many", format!("You have {MOST} webhooks already. Delete one that you need no more.")).into())
}

/// Refusal of an API token.
pub fn by_api_token() -> Problem {
    Problem::new(
        Kind::Forbidden,
        "An API token makes and changes no webhook, which sees all that its maker sees. Log in, or read platform/events with the token.",
    )
}

/// Refusal of anybody but the maker.
pub fn by_another() -> Problem {
    Problem::new(Kind::Forbidden, "A webhook sees with its maker's eyes, so nobody else changes it or has its secret. Make one of your own, or disable it.")
}

/// Refusal where no secret could be made.
pub fn unmade() -> steward_core::error::Error {
    Problem::invalid(vec![FieldError::new("", "secret", "The secret could not be made. Try again.")]).into()
}
