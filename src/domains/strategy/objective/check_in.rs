//! Check-ins: where a key result stood, and how sure its owner was.

use super::commitment::ENDED;
use super::direction::Measure;
use super::retraction;
use crate::plan::planning_cycle;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::database::Dialect;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Instant, Note, Number, Whole};
use steward_core::resource::{Check, Id, Lock, Resource, Scope, ValidationErrors};
use steward_schema::strategy::{check_ins, key_results, objectives, planning_cycles};

steward_core::resource! {
    /// Check-in: the value of a key result at a time within its planning cycle. Append-only: a wrong one is retracted by another that names
    /// it as `retraction_of`. Not possible for a closed key result or an ended objective.
    pub struct CheckIn {
        /// Key result measured.
        #[field(refers_to(&["strategy/key-results"]))]
        pub key_result_id: Id,
        /// Time of the value: within the planning cycle of the objective, and not in the future. The latest counts.
        #[field(happened)]
        pub checked_in_at: Instant,
        /// Value in the key result's unit of measure. Null only in a retraction without a replacement value.
        pub value: Option<Measure>,
        /// Confidence that the target will be reached: 0 none, 10 full.
        pub confidence: Option<Whole<0, 10>>,
        /// Id of the retracted check-in of the same key result, which this one replaces. A check-in can be retracted once at most.
        pub retraction_of: Option<Id>,
        /// Progress since the previous check-in, and impediments.
        #[field(search)]
        pub note: Option<Note>,
    }
}

impl Resource for CheckIn {
    const PATH: &'static str = "strategy/check-ins";
    type Table = steward_schema::strategy::check_ins::table;
    const SCOPE: Scope = Scope::Within("key_result_id");
    const TITLE: &'static str = "checked_in_at";
    const FACT: bool = true;

    fn sample() -> Self {
        CheckIn {
            key_result_id: Id::sample(),
            checked_in_at: Instant::sample("2026-05-15T09:00:00Z"),
            value: Some(Number(52.0)),
            confidence: Some(Whole(7)),
            retraction_of: None,
            note: Some("The two largest customers send orders by interface now.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let valued = self.value.is_some() || self.retraction_of.is_some();
        faults.require(valued, "value", "required", "Say where the key result stood. Only a retraction may have no value.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.key_result_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let measured = objectives::table.inner_join(key_results::table).filter(key_results::id.eq(self.key_result_id));
        let cycle = measured.select(objectives::planning_cycle_id).into_boxed::<Dialect>();
        planning_cycle::require_open(check, "/key_result_id", planning_cycles::id.eq_any(cycle))?;
        if let Some(followed) = Followed::find(check, self.key_result_id)? {
            followed.require_open()?;
            followed.require_within(self.checked_in_at)?;
        }
        match self.retraction_of {
            Some(other) => self.require_retractable(check, other),
            None => Ok(()),
        }
    }
}

impl CheckIn {
    /// Refuses to take back what is no check-in of the key result, or what is taken back already (409).
    fn require_retractable(&self, check: &mut Check<'_>, other: Id) -> Result<()> {
        let of: Option<Id> = check_ins::table.find(other).select(check_ins::key_result_id).first(check.connection).optional()?;
        let again = check_ins::table.filter(check_ins::retraction_of.eq(other).and(check_ins::id.ne(check.id)));
        let is_taken_back = select(exists(again)).get_result(check.connection)?;
        retraction::require(of == Some(self.key_result_id), is_taken_back, "check-in", "key result")
    }
}

/// The key result that is followed, its objective and its cycle.
#[derive(Queryable)]
struct Followed {
    state: String,
    objective: String,
    cycle: (Date, Date),
}

impl Followed {
    fn find(check: &mut Check<'_>, key_result: Id) -> Result<Option<Followed>> {
        Ok(key_results::table
            .inner_join(objectives::table.inner_join(planning_cycles::table))
            .filter(key_results::id.eq(key_result))
            .select((key_results::state, objectives::state, (planning_cycles::starts_on, planning_cycles::ends_on)))
            .first(check.connection)
            .optional()?)
    }

    /// Refuses what is said of a key result that is closed, or whose objective has ended (409).
    fn require_open(&self) -> Result<()> {
        let ended = ENDED.contains(&self.objective.as_str());
        let detail = match (self.state.as_str(), ended) {
            ("closed", _) => "The key result is closed, and takes no more check-ins.".to_owned(),
            (_, true) => format!("The objective of the key result is {}, and takes no more check-ins.", self.objective),
            _ => return Ok(()),
        };
        Err(Problem::conflict("/key_result_id", "closed", detail).into())
    }

    /// Refuses a time outside the planning cycle (409).
    fn require_within(&self, at: Instant) -> Result<()> {
        let (first, last) = self.cycle;
        if (first..=last).contains(&at.date()) {
            return Ok(());
        }
        let detail = format!("The planning cycle lasts from {first} to {last}, and {} is not in it. Choose a time of the cycle.", at.date());
        Err(Problem::conflict("/checked_in_at", "outside_cycle", detail).into())
    }
}
