//! Calendar feeds: the dates that a user may see, for programs that read iCalendar and know no login.

use super::agenda::{MOST, is_overdue, names};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use steward_core::access::secret::{digest, new_secret};
use steward_core::clock::Moment;
use steward_core::database::Connection;
use steward_core::error::{FieldError, Kind, Problem, Result};
use steward_core::formats::icalendar::{self, Event, When};
use steward_core::http::openapi::Fixed;
use steward_core::http::{Keyed, Owned};
use steward_core::resource::value::{Digest as Kept, Text, Title, hex};
use steward_core::resource::{Check, Id, Lifecycle, Made, Resource, Scope, StateException, ValidationErrors};
use steward_core::store::{Dated, Outcome, Reader, Span, Writer};
use steward_core::view::due::dates;
use steward_core::view::{Action, Call, Download, NoQuery, Nothing};
use steward_schema::platform::calendar_feeds;
use utoipa::ToSchema;

/// How many days back a feed reaches, and how many ahead.
const BACK_SECONDS: i64 = 30 * 86_400;
const AHEAD_DAYS: u32 = 365;

steward_core::resource! {
    /// Calendar that a program may read by an address with a secret in it, without a login:
    /// `/api/v1/platform/calendar-feeds/{token}/calendar.ics`. It belongs to its maker and shows what that user may see at the moment it is
    /// read. It ends at once when it is revoked or deleted, and while its owner is disabled. An API token creates no feed.
    pub struct CalendarFeed {
        /// Name of the calendar.
        pub name: Title,
        /// Filter by unit, with all units below.
        #[field(refers_to(&["teams/units"]))]
        pub for_unit_id: Option<Id>,
        /// Filter by person concerned: the assignee, or else the accountable owner.
        #[field(refers_to(&["teams/people"]))]
        pub for_person_id: Option<Id>,
        /// Filter by collections, as domain/collection; all if it is left out.
        pub kinds: Option<Vec<Text<3, 128>>>,
        /// Secret in the address. Only its digest is stored: enter the address now. Another one is created by `POST …/renew-token`.
        #[field(shown_once(token))]
        pub token: Option<Kept>,
    }
}

fn token(_: Id) -> Made {
    let token = new_secret();
    Made { kept: Some(digest(&token)), shown: token }
}

impl Resource for CalendarFeed {
    const PATH: &'static str = "platform/calendar-feeds";
    type Table = steward_schema::platform::calendar_feeds::table;
    const SCOPE: Scope = Scope::Own;
    const STATE_EXCEPTIONS: &'static [StateException] =
        &[StateException::deletable(&["revoked"], "A revoked feed shows nothing; its owner clears it away, and its history stays.")];
    const EDITABLE_IN: &'static [&'static str] = &["active"];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("active→revoked:revoke").given_up(&["revoked"]))
    }

    fn sample() -> Self {
        let kinds = ["vendors/contracts", "vendors/contract-obligations"].map(|kind| Text(kind.to_owned())).to_vec();
        CalendarFeed { name: "What ends and is due".into(), for_unit_id: None, for_person_id: None, kinds: Some(kinds), token: None }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.kinds.as_ref().is_none_or(|kinds| !kinds.is_empty()), "kinds", "range", "Name at least one collection, or leave it out.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.before.is_none() && check.token.is_some() {
            return Err(by_api_token().into());
        }
        let unknown = self.kinds.iter().flatten().position(|kind| check.definitions.get(&kind.0).is_none());
        let Some(at) = unknown else { return Ok(()) };
        Err(Problem::conflict(format!("/kinds/{at}"), "unknown", "There is no such collection. Write domain/collection, such as vendors/contracts.").into())
    }
}

/// A feed reads all that its owner may see, and an API token only what its scopes name.
fn by_api_token() -> Problem {
    Problem::new(Kind::Forbidden, "An API token makes no calendar feed and no address of one. Log in, or read /platform/calendar with the token.")
}

/// `POST platform/calendar-feeds/{id}/renew-token`.
#[derive(Debug)]
pub struct RenewCalendarFeedToken;

impl Action for RenewCalendarFeedToken {
    const PATH: &'static str = "platform/calendar-feeds/{id}/renew-token";
    const OPERATION_ID: &'static str = "renew_calendar_feed_token";
    const SUMMARY: &'static str = "Get a new address of a calendar feed";
    const DESCRIPTION: &'static str = "Creates a new secret and with it the address under which programs read the calendar. It is shown this once and only to the feed's owner; \
        the address before it ends at once. Any holder of the address reads what the owner may see: treat it as a password.";
    const PERMISSIONS: &'static [&'static str] = &[];
    const LIMIT: usize = 1024;
    type Query = NoQuery;
    type Body = Nothing;
    type Prepared = ();
    type Answer = FeedAddress;

    fn example(_: &str) -> Value {
        json!({})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, (): &()) -> Result<Outcome> {
        let definition = writer.definition::<CalendarFeed>()?;
        let id = call.id()?;
        let feed = writer.reader().get(definition, id)?;
        // Who may see all feeds still reads no calendar with the eyes of another.
        if feed.meta.created_by != writer.session.principal {
            return Err(Problem::new(Kind::Forbidden, "Only who made the feed gets its address. Make one of your own.").into());
        }
        if writer.session.token().is_some() {
            return Err(by_api_token().into());
        }
        if feed.meta.state.as_deref() != Some("active") {
            return Err(Problem::conflict("", "state", "The feed is revoked. Make another one.").into());
        }
        let stored = writer.renew(definition, id, "renew_token", |_| Map::new())?;
        let (document, _) = writer.document_made(definition, &stored);
        let Some(token) = document.get("token").and_then(Value::as_str) else {
            return Err(Problem::invalid(vec![FieldError::new("", "secret", "The secret could not be made. Try again.")]).into());
        };
        let address = format!("/api/v1/{}/{token}/calendar.ics", CalendarFeed::PATH);
        let answer = FeedAddress { token: Some(token.into()), path: Some(address.as_str().into()) };
        Ok(Outcome::of(200, &answer)?.at(stored.meta.revision).showing_once(["/token".to_owned(), "/path".to_owned()]))
    }
}

/// Address of a calendar feed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FeedAddress {
    /// New secret, shown this once; null in a replayed answer.
    pub token: Option<Text<1, 100>>,
    /// Path of the calendar, with the secret in it: put the service's own address before it. Null in a replayed answer.
    pub path: Option<Text<1, 200>>,
}

/// `GET /api/v1/platform/calendar-feeds/{token}/calendar.ics`.
pub static ADDRESS: Keyed = Keyed { path: "/api/v1/platform/calendar-feeds/{token}/calendar.ics", owner, read };

/// What the document says of that address.
pub fn operations() -> Vec<Fixed> {
    vec![Fixed {
        path: ADDRESS.path,
        method: "get",
        operation_id: "read_calendar_feed",
        summary: "Read a calendar feed",
        description: "The calendar as iCalendar (RFC 5545), from 30 days ago to a year ahead, the first 5,000 dates. The address needs no login: it holds the feed's secret. \
            An address that is unknown, revoked or of a user who may not log in any more answers 404.",
        public: true,
        permissions: &[],
        path_parameter: Some(("token", "The secret of the feed.")),
        query: &[],
        request: None,
        answers: vec![(200, "The calendar.", "text/calendar", json!({"type": "string", "description": "An iCalendar object."}))],
        problems: &[Kind::NotFound, Kind::MethodNotAllowed, Kind::Internal, Kind::Unavailable],
        schemas: vec![],
    }]
}

/// The feed behind a secret, and whose it is; none if it is unknown or revoked.
fn row(connection: &mut Connection, token: &str) -> Result<Option<(Id, Id)>> {
    let feed = calendar_feeds::table.filter(calendar_feeds::token.eq(digest(token)).and(calendar_feeds::state.eq("active")));
    Ok(feed.select((calendar_feeds::id, calendar_feeds::created_by)).get_result(connection).optional()?)
}

fn owner(connection: &mut Connection, token: &str) -> Result<Option<Owned>> {
    Ok(row(connection, token)?.map(|(feed, owner)| Owned { owner, subject: ADDRESS.path.replace("{token}", &feed.to_string()) }))
}

fn read(reader: &mut Reader<'_>, token: &str) -> Result<Download> {
    let (id, _) = row(reader.unscoped("whoever has the secret may read the feed"), token)?.ok_or_else(Problem::not_found)?;
    let (_, feed) = reader.get_typed::<CalendarFeed>(id)?;
    let now = reader.moment();
    let definitions = reader.store.definitions.clone();
    let kinds = feed.kinds.as_ref().map(|kinds| kinds.iter().filter_map(|kind| definitions.get(&kind.0)).collect());
    let span = Span {
        from: now.at.plus_seconds(-BACK_SECONDS).date(),
        to: now.today.plus_days(AHEAD_DAYS + 1),
        unit: feed.for_unit_id,
        person: feed.for_person_id,
        kinds,
    };
    let mut found = dates(reader, &span, MOST)?;
    found.truncate(MOST);
    let names = names(reader, &found)?;
    let calendar = icalendar::Calendar {
        product: "-//Steward//Calendar//EN".into(),
        name: feed.name.0.clone(),
        refresh_hours: 1,
        events: found.iter().map(|dated| event(dated, &names, now)).collect(),
    };
    let bytes = icalendar::print(&calendar).into_bytes();
    Ok(Download { name: "calendar.ics".into(), content_type: "text/calendar".into(), sha256: hex(&Sha256::digest(&bytes)), bytes })
}

fn event(dated: &Dated, names: &HashMap<Id, Title>, now: Moment) -> Event {
    let kind = dated.definition.singular.replace('_', " ");
    let state = dated.state.as_deref().map(|state| format!("\nState: {}", state.replace('_', " "))).unwrap_or_default();
    let overdue = if is_overdue(dated, now) { "\nOverdue" } else { "" };
    let person = dated.person_id.and_then(|person| names.get(&person)).filter(|name| name.0 != dated.title);
    let person = person.map(|name| format!(" ({})", name.0)).unwrap_or_default();
    Event {
        uid: format!("{}-{}@steward", dated.id, dated.what),
        stamp: dated.updated_at.0,
        when: dated.at.map_or(When::Day(dated.on.0), |at| When::At(at.0)),
        until: dated.at.map_or_else(|| dated.until.map(|last| When::Day(last.0)), |_| dated.until_at.map(|at| When::At(at.0))),
        summary: if dated.title == dated.on.to_string() { format!("{}{person}", dated.label) } else { format!("{}: {}{person}", dated.label, dated.title) },
        description: format!("{kind}{state}{overdue}\n{}/{}", dated.definition.path, dated.id),
        categories: vec![dated.definition.domain.to_owned(), kind],
        url: String::new(),
    }
}
