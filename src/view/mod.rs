//! What a figure is: a question with its parameters, the collections it reads, its formula and source, and a typed answer.
//!
//! A figure is one file of a domain: a `Query` (serde and [`IntoParams`](utoipa::IntoParams)), an `Answer` (serde and [`ToSchema`](utoipa::ToSchema)), and an `impl` of
//! [`View`]. The route, the permissions, the parameters and the documentation follow from it. There are three forms of the one
//! mechanism, told apart by what they are asked for:
//!
//! | asked for | `Query` | `Answer` | added by |
//! |---|---|---|---|
//! | one answer of its own | parameters | any | [`Domain::view`] |
//! | the figures of many records at once (`figures=true`) | [`Records`] | [`PerRecord`] | [`Domain::figures`] |
//! | the one measure of a domain in the overview | [`Basis`] | [`Measured`] | [`Domain::measure`] |
//!
//! What writes is an [`Action`]. Types are erased where a domain adds them, so that the HTTP face is compiled once.
//!
//! [`Measured`]: measure::Measured
//! [`Basis`]: measure::Basis

mod action;
pub mod body;
pub mod consequence;
mod context;
mod domain;
pub mod due;
pub mod measure;
mod operation;
mod part;
mod partial;
pub mod picture;
mod query;
pub mod queue;
mod read;
mod schema;

pub use action::{Action, JSON, Nothing, Prepare};
pub use body::members_of;
pub use context::{Call, Context};
pub use domain::{Component, Domain};
pub use measure::Measure;
pub use operation::{Apply, Download, Draw, Figures, Operation, Prepared, Run, Write, run_view};
pub use part::{AsOf, Binary, Count, IdOf, Listed, NoQuery, Period, PersonReference, Ref, ReferenceTo, Referred, UnitReference, grouped, require_days, titled};
pub use partial::partial;
pub use query::Parameter;
pub use read::{Collection, IfPermitted, Read, Reads};
pub use schema::{Answered, answered, sent};

use crate::access::{Reach, Session};
use crate::error::{Problem, Result};
use crate::resource::Id;
use picture::Picture;
use std::collections::HashMap;

/// The media type of an answer that stays open.
pub const EVENT_STREAM: &str = "text/event-stream";

/// What most figures use.
pub mod prelude {
    pub use super::{AsOf, Context, Count, IdOf, IfPermitted, Listed, NoQuery, PerRecord, Period, Records, Ref, View, grouped, partial, titled};
    pub use crate::database::Dialect;
    pub use crate::error::{Problem, Result};
    pub use crate::resource::value::{Currency, Date, Figure, Instant, Money, Percent};
    pub use crate::resource::{Id, Resource};
    pub use crate::store::Reader;
    pub use diesel::prelude::*;
    pub use serde::{Deserialize, Serialize};
    pub use utoipa::{IntoParams, ToSchema};
}

/// A figure: what is asked, what is read, what comes back.
pub trait View: 'static {
    /// Its address under `/api/v1/`, e.g. `governance/frameworks/{id}/coverage`; of the figures of records their collection; of
    /// a measure its domain and name.
    const PATH: &'static str;
    /// Its operation id; made from the address if empty: `get_` and the last segment, after the singular of the collection
    /// where the address has an `{id}`.
    const OPERATION_ID: &'static str = "";
    /// A noun phrase with a verb in front: `Get the coverage of a framework`. Figures of records and measures have none.
    const SUMMARY: &'static str = "";
    /// Meaning, limits, and what is left out.
    const DESCRIPTION: &'static str = "";
    /// The formula, in the names of the answer.
    const FORMULA: &'static str = "";
    /// The standard, law or book that the formula comes from.
    const SOURCE: &'static str = "";
    /// Whether its answer can stay open: with `Accept: text/event-stream` what comes after `after` is sent as it happens, each of the answer's
    /// `data` under its `position` and named by its `event`.
    const IS_FEED: bool = false;
    /// The parameter that says in which languages it answers: where it is left out, `Accept-Language` does. Each of the answer's `data` tells
    /// its `language`.
    const LANGUAGE: Option<&'static str> = None;
    /// How its answer is drawn, where it can be looked at: with `Accept: image/svg+xml` the picture is sent.
    const PICTURE: Option<fn(&Self::Answer) -> Picture> = None;
    /// Permissions that it needs beside those to read.
    const PERMISSIONS: &'static [&'static str] = &[];
    /// The collections of its own domain that it reads, as a tuple: the caller must hold the permission to read each, save for
    /// those within [`IfPermitted`].
    type Reads: Reads;
    /// Its parameters.
    type Query;
    /// Its answer.
    type Answer;

    /// Computes the answer over what the caller may see.
    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self::Answer>;
}

/// The records that a page of a list shows.
#[derive(Debug, Clone)]
pub struct Records(pub Vec<Id>);

/// The figures of each record; a record without any is left out.
pub type PerRecord<A> = HashMap<Id, A>;

/// Refuses a caller who holds none of the permissions of a view anywhere (404, as where nothing of it is readable) or not
/// all of them (403).
pub fn require<P: AsRef<str>>(session: &Session, permissions: &[P]) -> Result<()> {
    let Some(first) = permissions.iter().map(AsRef::as_ref).find(|permission| session.reach(permission) == Reach::Nothing) else { return Ok(()) };
    let place = first.split_once(':').map_or(first, |(place, _)| place);
    let sees_some = session.reach(&format!("{place}:read")) != Reach::Nothing;
    Err(if sees_some { Problem::forbidden(first) } else { Problem::not_found() }.into())
}
