//! Taking the facts of a status report from the data.

use super::status_report::{ReportFacts, StatusReport};
use super::status_view::{ProjectStatus, status_of};
use crate::access::Session;
use crate::error::{Problem, Result};
use crate::http::view::{Call, JSON, Prepared, Run, View, of_prepared};
use crate::resource::Faults;
use crate::resource::model::{Model, object_schema, read_value};
use crate::resource::value::{Date, FieldType, Figure, Number};
use crate::store::{IfMatch, Outcome, Store, Writer};
use serde_json::{Map, json};
use utoipa::openapi::schema::{AllOfBuilder, Schema};
use utoipa::openapi::{Ref, RefOr};

/// `POST projects/status-reports/{id}/facts`.
pub static FACTS: View = View {
    path: "projects/status-reports/{id}/facts",
    operation_id: "take_status_report_facts",
    summary: "Take the facts of a status report from the data",
    description: "Replaces the facts of a report that is a draft with what `/projects/projects/{id}/status` says of its project on the day of the report, \
        over what you may see. Answers the report.",
    permissions: &["projects.status_reports:update", "projects.projects:read", "projects.work_items:read"],
    parameters: &[],
    answer: || AllOfBuilder::new().item(RefOr::<Schema>::Ref(Ref::from_schema_name("StatusReport"))).into(),
    run: Run::Write {
        forms: JSON,
        limit: 1 << 20,
        long: false,
        body: || object_schema(Asked::FIELDS),
        example: |_| json!({"as_of": "2026-05-29"}),
        prepare,
        apply,
    },
};

crate::value! {
    /// Of which day the facts are.
    pub struct Asked {
        /// The day; that of the report if left out.
        pub as_of: Option<Date>,
    }
}

fn prepare(_: &Store, _: &Session, call: &Call) -> Result<Prepared> {
    let mut faults = Faults::new();
    match read_value::<Asked>(call.json()?, &mut faults).filter(|_| faults.is_empty()) {
        Some(asked) => Ok(Box::new(asked)),
        None => Err(Problem::invalid(faults.into_vec()).into()),
    }
}

fn apply(writer: &mut Writer<'_>, call: &Call, prepared: &Prepared) -> Result<Outcome> {
    let asked = of_prepared::<Asked>(prepared)?;
    let id = call.id()?;
    let mut reader = writer.reader();
    let (_, report) = reader.get_typed::<StatusReport>(id)?;
    let status = status_of(&mut reader, report.project_id, asked.as_of.unwrap_or(report.reported_on))?;
    let mut patch = Map::new();
    patch.insert("facts".into(), FieldType::to_json(&facts(&status)));
    let definition = writer.definition::<StatusReport>()?;
    let stored = writer.update(definition, id, &IfMatch::Any, &patch)?;
    Ok(Outcome::new(200, writer.document(definition, &stored).into()).at(stored.meta.revision))
}

fn facts(status: &ProjectStatus) -> ReportFacts {
    // Rounded as the figures of an answer are.
    let rounded = |figure: Figure| figure.0.map(|number| (number * 1e6).round() / 1e6);
    ReportFacts {
        progress_percent: rounded(status.progress_percent).map(|percent| Number(percent.clamp(0.0, 100.0))),
        slip_days: status.slip_days.map(|days| crate::resource::value::Whole(days.0.clamp(-1_000_000, 1_000_000))),
        scope_change_percent: rounded(status.scope_change_percent).map(Number),
        time: status.time.colour,
        cost: status.cost.colour,
        scope: status.scope.colour,
        quality: status.quality.colour,
        risk: status.risk.colour,
        benefit: status.benefit.colour,
        overall: status.colour,
    }
}
