//! Importing a framework: an OSCAL catalog becomes a framework and its requirements.

use super::framework::Framework;
use super::requirement::Requirement;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use steward_core::access::Session;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::formats::oscal::{self, Catalog, Part, Row};
use steward_core::resource::value::{Text, folded};
use steward_core::resource::{Id, Resource};
use steward_core::store::{IfMatch, Outcome, Store, Writer};
use steward_core::view::{Action, Call, IdOf, Prepare, members_of};
use steward_schema::governance::{frameworks, requirements};
use utoipa::{IntoParams, ToSchema};

choice! {
    /// The format of a document that holds a framework.
    pub enum FrameworkFormat {
        /// An OSCAL 1.1 catalog in JSON.
        Oscal = "oscal",
    }
}

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// The format of the document.
    #[param(inline)]
    #[expect(dead_code, reason = "there is one format, and a request must name it")]
    format: FrameworkFormat,
}

/// An OSCAL 1.1 document that holds a catalog, as published by NIST.
#[derive(Debug, ToSchema)]
pub struct OscalCatalog {
    /// The catalog.
    #[expect(dead_code, reason = "described here, read by the parser of the format")]
    catalog: Map<String, Value>,
}

/// The outcome of an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct FrameworkImported {
    /// Framework that was created or updated.
    pub framework_id: IdOf<Framework>,
    /// Number of requirements created.
    pub created: u32,
    /// Number of requirements changed.
    pub updated: u32,
    /// Number of requirements without a change.
    pub unchanged: u32,
}

/// `POST governance/frameworks/import`.
#[derive(Debug)]
pub struct ImportFramework;

impl Action for ImportFramework {
    const PATH: &'static str = "governance/frameworks/import";
    const OPERATION_ID: &'static str = "import_framework";
    const SUMMARY: &'static str = "Import a framework";
    const DESCRIPTION: &'static str = "Import of a framework and its requirements from an OSCAL 1.1 catalog: created, or updated where the same title and version exist. \
        Groups become requirements that are not assessable; every control and enhancement is assessable unless it is withdrawn; the items of a statement stay as `parts`; parameters without value read `[Assignment: …]` or `[Selection: …]`. \
        Requirements that the catalog no longer names stay as they are. A document with errors is refused with a pointer to each; nothing is stored. A published framework does not change: other content of the same title and version is refused (409).";
    const PERMISSIONS: &'static [&'static str] =
        &["governance.frameworks:create", "governance.frameworks:update", "governance.requirements:create", "governance.requirements:update"];
    const LIMIT: usize = 32 << 20;
    const LONG: bool = true;
    type Query = Query;
    type Body = OscalCatalog;
    type Prepared = SentCatalog;
    type Answer = FrameworkImported;

    fn example(_: &str) -> Value {
        debug_assert_eq!(Framework::PATH, "governance/frameworks");
        json!({"catalog": {
            "uuid": "0f2b1f0e-7a54-4b7e-9a4c-0d6a2a0a5c11",
            "metadata": {"title": "House rules", "version": "1", "last-modified": "2026-01-31T12:00:00Z", "oscal-version": "1.1.2"},
            "groups": [{"id": "hr", "title": "Accounts", "controls": [{"id": "hr-1", "title": "Accounts have an owner", "parts": [{"name": "statement", "prose": "Every account has a named person who answers for it."}]}]}],
        }})
    }

    fn apply(writer: &mut Writer<'_>, _: &Call, SentCatalog(catalog): &SentCatalog) -> Result<Outcome> {
        let (framework, is_new) = framework(writer, catalog)?;
        let mut known = if is_new { HashMap::new() } else { codes(writer, framework)? };
        let mut counts = Counts::default();
        let mut ids: Vec<Id> = Vec::with_capacity(catalog.rows.len());
        for row in &catalog.rows {
            let parent = row.parent.and_then(|at| ids.get(at)).copied();
            let members = members(framework, parent, row);
            ids.push(put(writer, known.remove(&folded(&row.code)), members, &mut counts)?);
        }
        let Counts { created, updated, unchanged } = counts;
        let answer = FrameworkImported { framework_id: framework.into(), created, updated, unchanged };
        let status = if is_new { 201 } else { 200 };
        let outcome = Outcome::of(status, &answer)?;
        Ok(if is_new { outcome.located(format!("/api/v1/{}/{framework}", Framework::PATH)) } else { outcome })
    }
}

/// A catalog as it was sent, read.
#[derive(Debug)]
pub struct SentCatalog(Catalog);

impl Prepare for SentCatalog {
    fn prepare(_: &Store, _: &Session, call: &Call) -> Result<Self> {
        Ok(SentCatalog(oscal::parse(&call.json()?)?))
    }
}

/// How many requirements were made, changed, and found as they were.
#[derive(Default)]
struct Counts {
    created: u32,
    updated: u32,
    unchanged: u32,
}

/// The framework of that title and version, made if it is not there.
fn framework(writer: &mut Writer<'_>, catalog: &Catalog) -> Result<(Id, bool)> {
    let definition = writer.definition::<Framework>()?;
    let same = frameworks::name.eq(&catalog.title).and(frameworks::version.eq(&catalog.version));
    let known: Option<Id> = frameworks::table.filter(same).select(frameworks::id).first(writer.connection).optional()?;
    let publisher = catalog.publisher.as_deref().map(|name| Text::<1, 200>::cut(name).0);
    let wanted = members_of(json!({"name": catalog.title, "version": catalog.version, "publisher": publisher, "source": catalog.source}));
    Ok(match known {
        Some(id) => {
            writer.update(definition, id, &IfMatch::Any, &wanted)?;
            (id, false)
        }
        None => (writer.create(definition, wanted)?.meta.id, true),
    })
}

fn codes(writer: &mut Writer<'_>, framework: Id) -> Result<HashMap<String, Id>> {
    let of_framework = requirements::table.filter(requirements::framework_id.eq(framework));
    let codes: Vec<(String, Id)> = of_framework.select((requirements::code, requirements::id)).load(writer.connection)?;
    Ok(codes.into_iter().map(|(code, id)| (folded(&code), id)).collect())
}

fn members(framework: Id, parent: Option<Id>, row: &Row) -> Map<String, Value> {
    members_of(json!({
        "framework_id": framework.to_string(),
        "parent_id": parent.map(|id| id.to_string()),
        "code": row.code,
        "title": row.title,
        "text": row.text,
        "guidance": row.guidance,
        "parts": row.parts.iter().map(part).collect::<Vec<_>>(),
        "assessable": row.assessable,
    }))
}

fn part(part: &Part) -> Value {
    json!({"label": part.label, "text": part.text, "parts": part.parts.iter().map(self::part).collect::<Vec<_>>()})
}

fn put(writer: &mut Writer<'_>, known: Option<Id>, members: Map<String, Value>, counts: &mut Counts) -> Result<Id> {
    let definition = writer.definition::<Requirement>()?;
    let Some(id) = known else {
        counts.created += 1;
        return Ok(writer.create(definition, members)?.meta.id);
    };
    let before = writer.reader().get(definition, id)?.meta.revision;
    let after = writer.update(definition, id, &IfMatch::Any, &members)?.meta.revision;
    if after == before {
        counts.unchanged += 1
    } else {
        counts.updated += 1
    }
    Ok(id)
}
