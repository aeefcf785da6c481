//! How findings and corrective actions stand over what a reader may see.

use super::corrective_action::CorrectiveAction;
use super::finding::{Finding, FindingKind};
use super::finding_standing::{Action, Found, Progress, Standing};
use crate::choice;
use crate::database::Dialect;
use crate::error::Result;
use crate::http::view::{Call, Parameter, Run, View};
use crate::resource::Id;
use crate::resource::model::{Model, answer_schema};
use crate::resource::value::{Date, Figure, Many, Title, Whole};
use crate::store::Reader;
use diesel::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use steward_schema::governance::{corrective_actions, findings};

/// `GET governance/findings/standing`.
pub static STANDING: View = View {
    path: "governance/findings/standing",
    operation_id: "get_findings_standing",
    summary: "Get how findings stand",
    description: "How many findings are open, overdue or repeated, and how what is done about them stands, in all and by unit, over what you may see.\n\n\
        A finding is overdue if it is not closed and `due_on` has passed; an action if it is not done and its `due_on` has; a verification if the action is done, \
        `verify_on` has passed, and nobody has judged whether it works. `repeat_percent` = findings with `repeats_id` / findings · 100; \
        `effectiveness_percent` = verified / (verified + ineffective) · 100, over the actions that were judged; null where nothing was. \
        States count as they are now; `as_of` is the day that dates are held against.",
    permissions: &["governance.findings:read"],
    parameters: &[Parameter { name: "as_of", description: "the day that counts as today, as YYYY-MM-DD; today if left out", words: &[], required: false }],
    answer: answer_schema::<FindingsStanding>,
    run: Run::Read(run),
};

/// How many there are.
type Count = Whole<0, 1_000_000_000>;

choice! {
    /// What is overdue.
    pub enum Overdue {
        /// A finding is not put right.
        Finding = "finding",
        /// A corrective action is not done.
        Action = "action",
        /// Nobody has judged whether a corrective action works.
        Verification = "verification",
    }
}

crate::answer! {
    /// How some findings stand.
    pub struct StandingSum {
        /// How many there are.
        pub findings: Count,
        /// How many are not closed.
        pub open: Count,
        /// How many of those are nonconformities.
        pub open_nonconformities: Count,
        /// How many open ones should have been put right.
        pub overdue: Count,
        /// How many repeat an earlier one.
        pub repeated: Count,
        /// The same in percent of all; null if there are none.
        pub repeat_percent: Figure,
        /// How many corrective actions there are.
        pub actions: Count,
        /// How many should have been done.
        pub overdue_actions: Count,
        /// Of how many that are done it should have been judged whether they work.
        pub overdue_verifications: Count,
        /// How many work.
        pub verified: Count,
        /// How many do not.
        pub ineffective: Count,
        /// Those that work, in percent of those that were judged; null if none was.
        pub effectiveness_percent: Figure,
    }
}

crate::answer! {
    /// How the findings of a unit stand.
    pub struct StandingOfUnit {
        /// The unit.
        pub unit_id: Id,
        /// Its name; null if you may not see it.
        pub name: Option<Title>,
        /// How they stand.
        pub standing: StandingSum,
    }
}

crate::answer! {
    /// Something that should have been done.
    pub struct OverdueItem {
        /// What kind of thing.
        pub kind: Overdue,
        /// The finding.
        pub finding_id: Id,
        /// The corrective action, if it is one.
        pub corrective_action_id: Option<Id>,
        /// It in a line.
        pub title: Title,
        /// Who answers for the finding, or does the action.
        pub person_id: Option<Id>,
        /// By when it should have been done.
        pub due_on: Date,
        /// For how many days it has been overdue.
        pub days: Count,
    }
}

crate::answer! {
    /// How findings stand.
    pub struct FindingsStanding {
        /// The day that counts as today.
        pub as_of: Date,
        /// All of them.
        pub total: StandingSum,
        /// By unit.
        pub by_unit: Many<StandingOfUnit>,
        /// What is overdue, the longest first.
        pub overdue: Many<OverdueItem>,
    }
}

fn run(reader: &mut Reader<'_>, call: &Call) -> Result<Value> {
    let day = call.as_of(reader)?;
    let (mut total, mut units, mut overdue) = (Standing::default(), BTreeMap::<Id, Standing>::new(), Vec::new());
    for (found, unit, item) in findings(reader)?.into_iter().map(FindingRow::parts) {
        total.add(&found, day);
        units.entry(unit).or_default().add(&found, day);
        overdue.extend(found.due_on.filter(|_| !found.closed).and_then(|due| item.due(Overdue::Finding, due, day)));
    }
    for (action, unit, item) in actions(reader)?.into_iter().map(ActionRow::parts) {
        total.add_action(&action, day);
        units.entry(unit).or_default().add_action(&action, day);
        let due = match action.progress {
            Progress::Open => action.due_on.map(|due| (Overdue::Action, due)),
            Progress::Done => action.verify_on.map(|due| (Overdue::Verification, due)),
            _ => None,
        };
        overdue.extend(due.and_then(|(kind, due)| item.due(kind, due, day)));
    }
    overdue.sort_by_key(|item| (item.due_on, item.finding_id, item.corrective_action_id));
    let ids: Vec<Id> = units.keys().copied().collect();
    let names = reader.titles("teams/units", &ids)?;
    let by_unit = units.into_iter().map(|(unit_id, standing)| StandingOfUnit { unit_id, name: names.get(&unit_id).cloned(), standing: sum(&standing) });
    let answer = FindingsStanding { as_of: day, total: sum(&total), by_unit: Many(by_unit.collect()), overdue: Many(overdue) };
    Ok(Model::to_json(&answer).into())
}

/// What an item of the list says of itself.
struct Item {
    finding: Id,
    action: Option<Id>,
    title: Title,
    person: Option<Id>,
}

impl Item {
    fn due(self, kind: Overdue, due_on: Date, day: Date) -> Option<OverdueItem> {
        let days = (day.0 - due_on.0).num_days();
        let Item { finding, action, title, person } = self;
        (days > 0).then_some(OverdueItem { kind, finding_id: finding, corrective_action_id: action, title, person_id: person, due_on, days: Whole(days) })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = findings, check_for_backend(Dialect))]
struct FindingRow {
    id: Id,
    kind: FindingKind,
    state: String,
    due_on: Option<Date>,
    repeats_id: Option<Id>,
    unit_id: Id,
    title: Title,
    owner_id: Option<Id>,
}

impl FindingRow {
    /// The finding, its unit, and what the list says of it.
    fn parts(self) -> (Found, Id, Item) {
        let found = Found { kind: self.kind, closed: self.state == "closed", due_on: self.due_on, repeats: self.repeats_id.is_some() };
        (found, self.unit_id, Item { finding: self.id, action: None, title: self.title, person: self.owner_id })
    }
}

fn findings(reader: &mut Reader<'_>) -> Result<Vec<FindingRow>> {
    let seen = reader.sees::<Finding>()?;
    let query = findings::table.filter(seen.clone()).order(findings::id).select(FindingRow::as_select());
    Ok(query.load(reader.within(&seen))?)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = corrective_actions, check_for_backend(Dialect))]
struct ActionRow {
    id: Id,
    finding_id: Id,
    state: String,
    due_on: Option<Date>,
    verify_on: Option<Date>,
    #[diesel(select_expression = findings::unit_id)]
    unit_id: Id,
    title: Title,
    assignee_id: Option<Id>,
}

impl ActionRow {
    /// The action, the unit of its finding, and what the list says of it.
    fn parts(self) -> (Action, Id, Item) {
        let action = Action { progress: Progress::of(&self.state), due_on: self.due_on, verify_on: self.verify_on };
        (action, self.unit_id, Item { finding: self.finding_id, action: Some(self.id), title: self.title, person: self.assignee_id })
    }
}

fn actions(reader: &mut Reader<'_>) -> Result<Vec<ActionRow>> {
    let seen = reader.sees::<CorrectiveAction>()?;
    let query = corrective_actions::table.inner_join(findings::table).filter(seen.clone()).order(corrective_actions::id).select(ActionRow::as_select());
    Ok(query.load(reader.within(&seen))?)
}

fn sum(standing: &Standing) -> StandingSum {
    StandingSum {
        findings: Whole(standing.findings),
        open: Whole(standing.open),
        open_nonconformities: Whole(standing.open_nonconformities),
        overdue: Whole(standing.overdue),
        repeated: Whole(standing.repeated),
        repeat_percent: Figure(standing.repeat_percent()),
        actions: Whole(standing.actions),
        overdue_actions: Whole(standing.overdue_actions),
        overdue_verifications: Whole(standing.overdue_verifications),
        verified: Whole(standing.verified),
        ineffective: Whole(standing.ineffective),
        effectiveness_percent: Figure(standing.effectiveness_percent()),
    }
}
