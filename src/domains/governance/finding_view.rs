//! How findings and corrective actions stand over what a reader may see.

use super::corrective_action::CorrectiveAction;
use super::finding::{Finding, FindingKind};
use super::finding_standing::{Action, Found, Progress, Standing};
use crate::choice;
use crate::database::{Kind, Row, Statement};
use crate::error::Result;
use crate::http::view::{Call, Parameter, Run, View};
use crate::resource::Id;
use crate::resource::model::{Model, answer_schema};
use crate::resource::value::{Date, Figure, Many, Title, Whole};
use crate::store::Reader;
use serde_json::Value;
use std::collections::BTreeMap;

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
    for row in findings(reader)? {
        let Some((found, unit, item)) = finding(&row) else { continue };
        total.add(&found, day);
        units.entry(unit).or_default().add(&found, day);
        overdue.extend(found.due_on.filter(|_| !found.closed).and_then(|due| item.due(Overdue::Finding, due, day)));
    }
    for row in actions(reader)? {
        let Some((action, unit, item)) = action(&row) else { continue };
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

fn findings(reader: &mut Reader<'_>) -> Result<Vec<Row>> {
    let Some(narrowed) = reader.narrowed::<Finding>()? else { return Ok(Vec::new()) };
    let mut query = Statement::new("SELECT id, kind, state, due_on, repeats_id, unit_id, title, owner_id FROM findings WHERE 1 = 1");
    query.append(narrowed).push(" ORDER BY id");
    query.rows(reader.connection, &[Kind::Id, Kind::Text, Kind::Text, Kind::Date, Kind::Id, Kind::Id, Kind::Text, Kind::Id]).map_err(Into::into)
}

fn finding(row: &Row) -> Option<(Found, Id, Item)> {
    let [id, kind, state, due, repeats, unit, title, owner] = row.as_slice() else { return None };
    let kind = FindingKind::from_word(kind.as_text()?)?;
    let found = Found { kind, closed: state.as_text() == Some("closed"), due_on: due.as_date(), repeats: !repeats.is_null() };
    Some((found, unit.as_id()?, Item { finding: id.as_id()?, action: None, title: Title::cut(title.as_text()?), person: owner.as_id() }))
}

fn actions(reader: &mut Reader<'_>) -> Result<Vec<Row>> {
    let Some(narrowed) = reader.narrowed::<CorrectiveAction>()? else { return Ok(Vec::new()) };
    let mut query = Statement::new(
        "SELECT a.id, a.finding_id, a.state, a.due_on, a.verify_on, f.unit_id, a.title, a.assignee_id FROM \
         (SELECT id, finding_id, state, due_on, verify_on, title, assignee_id FROM corrective_actions WHERE 1 = 1",
    );
    query.append(narrowed).push(") a JOIN findings f ON f.id = a.finding_id ORDER BY a.id");
    query.rows(reader.connection, &[Kind::Id, Kind::Id, Kind::Text, Kind::Date, Kind::Date, Kind::Id, Kind::Text, Kind::Id]).map_err(Into::into)
}

fn action(row: &Row) -> Option<(Action, Id, Item)> {
    let [id, finding, state, due, verify, unit, title, assignee] = row.as_slice() else { return None };
    let action = Action { progress: Progress::of(state.as_text()?), due_on: due.as_date(), verify_on: verify.as_date() };
    Some((action, unit.as_id()?, Item { finding: finding.as_id()?, action: id.as_id(), title: Title::cut(title.as_text()?), person: assignee.as_id() }))
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
