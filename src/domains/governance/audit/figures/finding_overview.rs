//! How findings and corrective actions stand over what a reader may see.

use crate::audit::{
    corrective_action::CorrectiveAction,
    finding::{Finding, FindingKind},
    finding_status::{Action, FindingFacts, FindingStatus, Progress},
};
use std::collections::BTreeMap;
use steward_core::choice;
use steward_core::resource::value::{Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::governance::{corrective_actions, findings};

choice! {
    /// Type of overdue item.
    pub enum Overdue {
        /// Correction of a finding.
        Finding = "finding",
        /// Completion of a corrective action.
        Action = "action",
        /// Verification of a corrective action.
        Verification = "verification",
    }
}

/// Status of a group of findings.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StandingSum {
    /// Number of findings.
    pub findings: Count,
    /// Number of findings that are not closed.
    pub open: Count,
    /// Number of nonconformities that are not closed.
    pub open_nonconformities: Count,
    /// Number of findings that are not closed and past their due date.
    pub overdue: Count,
    /// Number of findings that repeat an earlier one.
    pub repeated: Count,
    /// Repeated findings in percent of all; null if there are none.
    pub repeat_percent: Figure,
    /// Number of corrective actions.
    pub actions: Count,
    /// Number of corrective actions that are not done and past their due date.
    pub overdue_actions: Count,
    /// Number of completed corrective actions whose verification is overdue.
    pub overdue_verifications: Count,
    /// Number of corrective actions verified as effective.
    pub verified: Count,
    /// Number of corrective actions found ineffective.
    pub ineffective: Count,
    /// Effective actions in percent of those verified or found ineffective; null if there are none.
    pub effectiveness_percent: Figure,
}

/// Status of the findings of a unit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StandingOfUnit {
    /// The unit.
    pub unit_id: Id,
    /// Name of the unit; null if you may not see it.
    pub name: Option<Title>,
    /// Status of the findings.
    pub standing: StandingSum,
}

/// Overdue finding, corrective action or verification.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OverdueItem {
    /// Type of overdue item.
    pub kind: Overdue,
    /// The finding.
    pub finding_id: Id,
    /// Corrective action; null for a finding.
    pub corrective_action_id: Option<Id>,
    /// Title of the finding or action.
    pub title: Title,
    /// Owner of the finding, or person who performs the action.
    pub person_id: Option<Id>,
    /// Due date that has passed.
    pub due_on: Date,
    /// Number of days overdue.
    pub days: Count,
}

/// Status of findings, in all and by unit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FindingsStanding {
    /// Reference date that counts as today.
    pub as_of: Date,
    /// True if the figures leave out records that you may not read.
    pub partial: bool,
    /// Status of all findings.
    pub total: StandingSum,
    /// Status of the findings by unit.
    pub by_unit: Vec<StandingOfUnit>,
    /// Overdue items, the longest first.
    pub overdue: Vec<OverdueItem>,
}

impl View for FindingsStanding {
    const PATH: &'static str = "governance/findings/standing";
    const OPERATION_ID: &'static str = "get_findings_standing";
    const SUMMARY: &'static str = "Get the status of findings";
    const DESCRIPTION: &'static str = "Number of open, overdue and repeated findings, and status of their corrective actions, in all and by unit, over what you may see.\n\n\
        A finding is overdue if it is not closed and `due_on` has passed; an action if it is not done and its `due_on` has; a verification if the action is done, \
        `verify_on` has passed, and the action was neither verified nor found ineffective. `repeat_percent` = findings with `repeats_id` / findings · 100; \
        `effectiveness_percent` = verified / (verified + ineffective) · 100, over the actions that were verified or found ineffective; null where there are none. \
        States count as they are now; `as_of` is the day with which dates are compared.";
    type Reads = (Finding, IfPermitted<CorrectiveAction>);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let day = query.or_today(cx);
        let (mut total, mut units, mut overdue) = (FindingStatus::default(), BTreeMap::<Id, FindingStatus>::new(), Vec::new());
        for (found, unit, item) in findings(cx)?.into_iter().map(FindingRow::parts) {
            total.add(&found, day);
            units.entry(unit).or_default().add(&found, day);
            overdue.extend(found.due_on.filter(|_| !found.closed).and_then(|due| item.due(Overdue::Finding, due, day)));
        }
        for (action, unit, item) in actions(cx)?.into_iter().map(ActionRow::parts) {
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
        let units = titled(cx, "teams/units", units.into_iter().collect())?;
        let by_unit = units.into_iter().map(|(unit_id, name, standing)| StandingOfUnit { unit_id, name, standing: sum(&standing) });
        Ok(FindingsStanding { as_of: day, partial: partial::<Self::Reads>(cx)?, total: sum(&total), by_unit: by_unit.collect(), overdue })
    }
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
    fn parts(self) -> (FindingFacts, Id, Item) {
        let found = FindingFacts { kind: self.kind, closed: self.state == "closed", due_on: self.due_on, repeats: self.repeats_id.is_some() };
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

fn sum(standing: &FindingStatus) -> StandingSum {
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
