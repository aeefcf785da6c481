//! Steps of a recovery plan: what is done, by whom, how long it takes and what must be done before.

use super::business_process::Seconds;
use diesel::prelude::*;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Note, Title, Whole};
use steward_core::resource::{Check, Id, Lock, PartOf, Resource, Scope, Unique, ValidationErrors};
use steward_schema::security::recovery_steps;

/// The number of a step in its plan.
pub type StepNumber = Whole<1, 1000>;

steward_core::resource! {
    /// A step of a recovery plan. It begins when all steps that it depends on are done. Steps can be changed while the plan is a draft.
    pub struct RecoveryStep {
        /// Plan of the step; each number occurs once in it.
        #[field(refers_to(&["security/recovery-plans"]), unique, fixed)]
        pub recovery_plan_id: Id,
        /// Number in the plan, by which other steps refer to this one.
        #[field(fixed)]
        pub number: StepNumber,
        /// Name of the step, in a line.
        #[field(search)]
        pub name: Title,
        /// Instructions that enable a person without experience to carry out the step.
        #[field(search)]
        pub instructions: Option<Note>,
        /// Person who carries out the step.
        #[field(refers_to(&["teams/people"]))]
        pub owner_id: Option<Id>,
        /// Duration in seconds.
        pub duration_seconds: Seconds,
        /// Numbers of the preceding steps of the plan, each once; no cycles.
        #[field(default(|| json!([])))]
        pub depends_on: Vec<StepNumber>,
        /// Subject that the step recovers; null for a step that every recovery by the plan waits for.
        #[field(refers_to(&["infrastructure/services", "security/information-assets", "infrastructure/devices", "infrastructure/virtual-machines"]))]
        pub subject_id: Option<Id>,
        /// Check that the step succeeded.
        pub verification: Option<Note>,
    }
}

impl Resource for RecoveryStep {
    const PATH: &'static str = "security/recovery-steps";
    type Table = steward_schema::security::recovery_steps::table;
    const SCOPE: Scope = Scope::Within("recovery_plan_id");
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("recovery_plan_id", &["draft"]));
    const UNIQUE: &'static [Unique] = &[Unique { index: "recovery_steps_number_key", fields: &["recovery_plan_id", "number"] }];

    fn sample() -> Self {
        RecoveryStep {
            recovery_plan_id: Id::sample(),
            number: Whole(10),
            name: "Start the copy of the order database".into(),
            instructions: Some("Log in to the second data centre; run promote on ord-db-2; wait until it says primary.".into()),
            owner_id: None,
            duration_seconds: Whole(1800),
            depends_on: Vec::new(),
            subject_id: None,
            verification: Some("An order of today can be read.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(!self.depends_on.contains(&self.number), "depends_on", "itself", "A step does not depend on itself.");
        faults.require(crate::risk::repetition::twice(&self.depends_on).is_none(), "depends_on", "duplicate", "Name each step once.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.recovery_plan_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let mut steps = others(check, self.recovery_plan_id)?;
        if let Some(absent) = self.depends_on.iter().find(|number| !steps.contains_key(&number.0)) {
            let detail = format!("The plan has no step {}. Add that first, or name another.", absent.0);
            return Err(Problem::conflict("/depends_on", "unknown_step", detail).into());
        }
        steps.insert(self.number.0, self.depends_on.iter().map(|number| number.0).collect());
        if reaches_itself(&steps, self.number.0) {
            return Err(Problem::conflict("/depends_on", "circle", "The step would have to wait for itself. Take one of the dependencies away.").into());
        }
        Ok(())
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        let steps = others(check, self.recovery_plan_id)?;
        match steps.iter().find(|(_, before)| before.contains(&self.number.0)) {
            Some((number, _)) => Err(Problem::conflict("", "in_use", format!("Step {number} depends on it. Change that first.")).into()),
            None => Ok(()),
        }
    }
}

/// The other steps of a plan, with what each depends on.
fn others(check: &mut Check<'_>, plan: Id) -> Result<HashMap<i64, Vec<i64>>> {
    use recovery_steps::{depends_on, id, number, recovery_plan_id};
    let query = recovery_steps::table.filter(recovery_plan_id.eq(plan).and(id.ne(check.id))).select((number, depends_on));
    let steps: Vec<(i64, Vec<StepNumber>)> = query.load(check.connection)?;
    Ok(steps.into_iter().map(|(step, before)| (step, before.into_iter().map(|each| each.0).collect())).collect())
}

/// A step as far as its end goes: how long it takes, and what must be done before.
struct Timed {
    seconds: i64,
    before: Vec<i64>,
}

/// What the steps of a plan bring back, each with the second after the start at which its step is done, if all that can be is done at
/// the same time.
pub fn ends(check: &mut Check<'_>, plan: Id) -> Result<Vec<(Option<Id>, i64)>> {
    use recovery_steps::{depends_on, duration_seconds, number, recovery_plan_id, subject_id};
    let query = recovery_steps::table.filter(recovery_plan_id.eq(plan)).order(number).select((number, duration_seconds, depends_on, subject_id));
    let rows: Vec<(i64, i64, Vec<StepNumber>, Option<Id>)> = query.load(check.connection)?;
    let subjects: Vec<(i64, Option<Id>)> = rows.iter().map(|(step, .., subject)| (*step, *subject)).collect();
    let timed = |(step, seconds, before, _): (i64, i64, Vec<StepNumber>, _)| (step, Timed { seconds, before: before.into_iter().map(|each| each.0).collect() });
    let ended = timeline(&rows.into_iter().map(timed).collect());
    Ok(subjects.into_iter().map(|(step, subject)| (subject, ended.get(&step).copied().unwrap_or_default())).collect())
}

/// The second at which a subject is back: when the last of the steps that name it, or that name nothing and so are part of any recovery, is done;
/// the last of all where none does. None without steps.
pub fn end_of(ends: &[(Option<Id>, i64)], subject: Id) -> Option<i64> {
    let last = |wanted: &dyn Fn(Option<Id>) -> bool| ends.iter().filter(|(named, _)| wanted(*named)).map(|(_, end)| *end).max();
    let is_named = ends.iter().any(|(named, _)| *named == Some(subject));
    if is_named { last(&|named| named.is_none_or(|named| named == subject)) } else { last(&|_| true) }
}

/// When each step ends: after it takes its time, once the last of those before it has ended. Steps that wait for themselves never do.
fn timeline(steps: &HashMap<i64, Timed>) -> HashMap<i64, i64> {
    let mut ended: HashMap<i64, i64> = HashMap::new();
    loop {
        let known = ended.len();
        for (number, step) in steps {
            let begins = step.before.iter().map(|before| ended.get(before).copied()).try_fold(0, |latest: i64, end| Some(latest.max(end?)));
            if let Some(begins) = begins.filter(|_| !ended.contains_key(number)) {
                ended.insert(*number, begins.saturating_add(step.seconds));
            }
        }
        if ended.len() == known {
            return ended;
        }
    }
}

/// Whether a step, by what it depends on, depends on itself.
fn reaches_itself(steps: &HashMap<i64, Vec<i64>>, start: i64) -> bool {
    let (mut seen, mut open) = (HashSet::new(), vec![start]);
    while let Some(at) = open.pop() {
        for before in steps.get(&at).into_iter().flatten() {
            if *before == start {
                return true;
            }
            if seen.insert(*before) {
                open.push(*before);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_ends_after_the_last_of_those_before_it_and_what_waits_for_nothing_runs_beside() {
        let step = |seconds, before: &[i64]| Timed { seconds, before: before.to_vec() };
        let steps = HashMap::from([(1, step(60, &[])), (2, step(600, &[])), (3, step(30, &[1, 2])), (4, step(5, &[3, 1])), (5, step(1, &[5]))]);
        assert_eq!(timeline(&steps), HashMap::from([(1, 60), (2, 600), (3, 630), (4, 635)]));
    }

    #[test]
    fn a_step_that_names_nothing_is_part_of_the_recovery_of_every_subject() {
        let [orders, mail, wiki] = [(); 3].map(|()| Id::new());
        let ends = [(None, 7_200), (Some(orders), 0), (Some(mail), 9_000)];
        assert_eq!([orders, mail, wiki].map(|subject| end_of(&ends, subject)), [Some(7_200), Some(9_000), Some(9_000)]);
        assert_eq!(end_of(&[], orders), None);
    }

    #[test]
    fn a_step_that_waits_for_itself_is_found_however_long_the_way() {
        let steps = HashMap::from([(1, vec![]), (2, vec![1]), (3, vec![2, 1]), (4, vec![5]), (5, vec![6]), (6, vec![4, 1])]);
        assert_eq!([1, 2, 3].map(|start| reaches_itself(&steps, start)), [false; 3]);
        assert_eq!([4, 5, 6].map(|start| reaches_itself(&steps, start)), [true; 3]);
    }
}
