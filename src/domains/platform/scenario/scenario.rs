//! Rehearsing a decision: its operations are run and compared with what stands, and nothing of it is kept.

use super::figure::{self, FigureChange, Figures, MeasureChange, Reading, StandardFigure};
use super::request::{Scenario, ScenarioRequest};
use super::written::{ConflictChanges, ScenarioRecord, Written};
use crate::batch::BulkResult;
use serde::Serialize;
use serde_json::{Map, Value, json};
use steward_core::error::{Error, Result};
use steward_core::resource::Id;
use steward_core::resource::value::{Currency, Date, Note, Whole};
use steward_core::store::{Outcome, Reader, Writer};
use steward_core::view::consequence::{Consequences, Standing, changed};
use steward_core::view::{Action, Call, NoQuery, members_of};
use utoipa::ToSchema;

/// `POST platform/scenarios`.
#[derive(Debug)]
pub struct RehearseScenario;

impl Action for RehearseScenario {
    const PATH: &'static str = "platform/scenarios";
    const OPERATION_ID: &'static str = "rehearse_scenario";
    const SUMMARY: &'static str = "Rehearse a decision";
    const DESCRIPTION: &'static str = "Effects of a decision, such as dropping a vendor, cutting a budget line, delaying a project, losing a person or retiring a server: \
        up to 100 writes as in `platform/bulk` are run on a transaction that is always rolled back, and what they change is answered. Nothing is kept and nothing is sent: \
        no record, no history, no event, no mail, no `Idempotency-Key`; `dry_run` makes no difference, and the answer says `Dry-Run: true`.\n\n\
        All writes must succeed. If one fails, the decision cannot be taken like that: the answer is 409 with the `results`, as of an atomic bulk. Each write needs its own permission, \
        and the answer is over what you may read.\n\n\
        `measures` has the measure of each domain as in `platform/overview`: objectives, money, availability, projects, risks, renewals, skills and coverage. \
        `standard_figures` has the values that differ in the recovery gaps (`security/recovery-readiness`) and in the workload of people over the next 91 days (`projects/utilization`). \
        `figures` has up to 10 further figures that you name by their addresses.\n\n\
        Limits: on SQLite, where one write at a time is made, each of the two readings of all figures is stopped after two seconds (503). Requests count as bulk calls.";
    const PERMISSIONS: &'static [&'static str] = &[];
    const REHEARSED: bool = true;
    type Query = NoQuery;
    type Body = ScenarioRequest;
    type Prepared = Scenario;
    type Answer = ScenarioOutcome;

    fn example(_: &str) -> Value {
        json!({
            "operations": [
                {"op": "create", "collection": "teams/units", "body": {"code": "LAB", "name": "Laboratory"}},
                {"op": "create", "collection": "teams/people", "body": {"name": "Grace Lee", "email": "grace@example.org", "unit_id": "$0"}},
                {"op": "transition", "collection": "teams/people", "id": "$1", "if_match": "*", "body": {"to": "active"}},
            ],
            "figures": ["infrastructure/license-positions"],
        })
    }

    fn apply(writer: &mut Writer<'_>, _: &Call, scenario: &Scenario) -> Result<Outcome> {
        let after = scenario.rehearse(writer)?;
        let before = scenario.read(writer, &after)?;
        Outcome::of(200, &ScenarioOutcome::of(scenario, before, after)?)
    }
}

/// Warning of a rule that let a write through.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScenarioWarning {
    /// Number of the operation, from 0 on.
    pub operation: Whole<0, 99>,
    /// Warning in words; the header Warning of the single call.
    pub detail: Note,
}

/// Effects of a decision that was rehearsed and taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScenarioOutcome {
    /// Day that counts as today.
    pub as_of: Date,
    /// Currency of amounts.
    pub currency: Currency,
    /// Measures, one for each domain, in the order of the domains.
    pub measures: Vec<MeasureChange>,
    /// Figures that each scenario compares.
    pub standard_figures: Vec<StandardFigure>,
    /// Position of each budget line that changes, `before` and `after`, as `effects` of a dry run.
    pub effects: Vec<Map<String, Value>>,
    /// Records that would be written, conflicts aside: those that the operations name first.
    pub records: Vec<ScenarioRecord>,
    /// True if more than 1,000 records would be written: the others are left out.
    pub truncated: bool,
    /// Conflicts that would be raised and ended.
    pub conflicts: ConflictChanges,
    /// Figures that were asked for, in order.
    pub figures: Vec<FigureChange>,
    /// Warnings of rules that let a write through.
    pub warnings: Vec<ScenarioWarning>,
}

/// Figures and positions before the decision.
struct Before {
    reading: Reading,
    positions: Vec<Standing>,
}

/// Figures and positions after the decision, and the records that it wrote.
struct After {
    reading: Reading,
    positions: Vec<Standing>,
    written: Written,
    addresses: Vec<String>,
    warnings: Vec<ScenarioWarning>,
}

impl Scenario {
    /// Runs the operations and reads what stands then, in a savepoint that is rolled back.
    fn rehearse(&self, writer: &mut Writer<'_>) -> Result<After> {
        // The day is found out before anything is written: no other request may believe a time zone that is only rehearsed.
        writer.reader().today();
        let mut after = None;
        let taken_back = writer.attempt(|writer| {
            after = Some(self.run(writer)?);
            Err::<(), Error>(Error::Rehearsed)
        });
        // It may have been read anew since.
        writer.store.clock.forget_zone();
        match (taken_back, after) {
            (Err(Error::Rehearsed), Some(after)) => Ok(after),
            (Err(error), _) => Err(error),
            (Ok(Err(problem)), _) => Err(Error::Problem(problem)),
            (Ok(Ok(())), _) => Err(Error::broken("a scenario that was not taken back")),
        }
    }

    fn run(&self, writer: &mut Writer<'_>) -> Result<After> {
        let begun = Id::new();
        let done = self.operations.run(writer)?.whole(writer)?;
        let addresses = self.figures.iter().map(|address| figure::at_made(address, &done.records)).collect::<Result<Vec<String>>>()?;
        let (store, session, origin) = (writer.store, writer.session, writer.origin);
        writer.connection.within_a_write(|connection| {
            let reader = &mut Reader::new(store, session, connection);
            let written = Written::since(reader, begun, &origin.request_id, &done.records)?;
            let reading = Figures::of_service(store)?.read(reader, &addresses)?;
            let positions = positions_touched(reader, &written.ids)?;
            Ok(After { reading, positions, written, addresses, warnings: warnings(&done.results) })
        })
    }

    /// Reads what stands without the decision.
    fn read(&self, writer: &mut Writer<'_>, after: &After) -> Result<Before> {
        let (store, session) = (writer.store, writer.session);
        writer.connection.within_a_write(|connection| {
            let reader = &mut Reader::new(store, session, connection);
            let reading = Figures::of_service(store)?.read(reader, &after.addresses)?;
            let ids: Vec<Id> = after.positions.iter().map(|position| position.id).collect();
            let consequences = store.definitions.answers.get::<Consequences>();
            let positions = consequences.map_or_else(|| Ok(Vec::new()), |consequences| (consequences.standing)(reader, &ids))?;
            Ok(Before { reading, positions })
        })
    }
}

impl ScenarioOutcome {
    fn of(scenario: &Scenario, mut before: Before, mut after: After) -> Result<ScenarioOutcome> {
        let measures = [&mut before.reading, &mut after.reading].map(|reading| std::mem::take(&mut reading.overview.measures));
        let [measures_before, measures_after] = measures;
        let effects = changed(&before.positions, &after.positions);
        Ok(ScenarioOutcome {
            as_of: before.reading.overview.as_of,
            currency: before.reading.overview.currency,
            measures: figure::measures(measures_before, measures_after)?,
            standard_figures: figure::standard(&before.reading, &after.reading),
            effects: effects.as_array().into_iter().flatten().cloned().map(members_of).collect(),
            records: after.written.records,
            truncated: after.written.truncated,
            conflicts: after.written.conflicts,
            figures: figure::asked(&scenario.figures, before.reading, after.reading)?,
            warnings: after.warnings,
        })
    }
}

/// The positions of records that follow from those written, as they stand now.
fn positions_touched(reader: &mut Reader<'_>, written: &[Id]) -> Result<Vec<Standing>> {
    let Some(consequences) = reader.store.definitions.answers.get::<Consequences>().copied() else { return Ok(Vec::new()) };
    let concerned = (consequences.concerned)(reader, written)?;
    (consequences.standing)(reader, &concerned)
}

fn warnings(results: &[BulkResult]) -> Vec<ScenarioWarning> {
    let of_operation = |(at, result): (usize, &BulkResult)| {
        let told = result.warnings.clone().unwrap_or_default();
        told.into_iter().map(move |detail| ScenarioWarning { operation: Whole(i64::try_from(at).unwrap_or_default()), detail: Note::cut(&detail) })
    };
    results.iter().enumerate().flat_map(of_operation).collect::<Vec<_>>()
}
