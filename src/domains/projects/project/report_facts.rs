//! Taking the facts of a status report from the data.

use super::status_report::{ReportFacts, StatusReport};
use crate::project::figures::project_status::{ProjectStatus, status_of};
use serde_json::{Map, Value, json};
use steward_core::error::Result;
use steward_core::resource::value::{Date, FieldType, Figure, Number};
use steward_core::store::{Outcome, Writer};
use steward_core::view::{Action, Call, NoQuery};

/// `POST projects/status-reports/{id}/facts`.
#[derive(Debug)]
pub struct TakeReportFacts;

impl Action for TakeReportFacts {
    const PATH: &'static str = "projects/status-reports/{id}/facts";
    const OPERATION_ID: &'static str = "take_status_report_facts";
    const SUMMARY: &'static str = "Take the facts of a status report from the data";
    const DESCRIPTION: &'static str = "Replaces the facts of a draft report with those of `/projects/projects/{id}/status` for its project on the day of the report, \
        over what you may see. Returns the report.";
    const PERMISSIONS: &'static [&'static str] = &["projects.status_reports:update", "projects.projects:read", "projects.work_items:read"];
    type Query = NoQuery;
    type Body = FactsOfDay;
    type Prepared = FactsOfDay;
    type Answer = StatusReport;

    fn example(_: &str) -> Value {
        json!({"as_of": "2026-05-29"})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, facts_of: &FactsOfDay) -> Result<Outcome> {
        let id = call.id()?;
        let mut reader = writer.reader();
        let (_, report) = reader.get_typed::<StatusReport>(id)?;
        let status = status_of(&mut reader, report.project_id, facts_of.as_of.unwrap_or(report.reported_on))?;
        let patch = Map::from_iter([("facts".to_owned(), FieldType::to_json(&facts(&status)))]);
        let definition = writer.definition::<StatusReport>()?;
        let stored = writer.update_as_service(definition, id, "update", patch)?;
        Ok(Outcome::new(200, writer.document(definition, &stored).into()).at(stored.meta.revision))
    }
}

steward_core::value! {
    /// Reference date of the facts.
    pub struct FactsOfDay {
        /// Reference date; that of the report if left out.
        pub as_of: Option<Date>,
    }
}

fn facts(status: &ProjectStatus) -> ReportFacts {
    // Rounded as the figures of an answer are.
    let rounded = |figure: Figure| figure.0.map(|number| (number * 1e6).round() / 1e6);
    ReportFacts {
        progress_percent: rounded(status.progress_percent).map(|percent| Number(percent.clamp(0.0, 100.0))),
        slip_days: status.slip_days.map(|days| steward_core::resource::value::Whole(days.0.clamp(-1_000_000, 1_000_000))),
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
