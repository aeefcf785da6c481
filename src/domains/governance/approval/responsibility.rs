//! Responsibilities: who does, answers for, is asked about and is told of something.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::Note;
use steward_core::resource::{ANY, Check, Flag, Id, Lock, Resource, Scope, Unique, Watch};
use steward_schema::governance::responsibilities;
use steward_schema::service::registry;

choice! {
    /// Type of responsibility for a record (RACI).
    pub enum RaciRole {
        /// Performer of the work.
        Responsible = "responsible",
        /// Accountable holder; one for each record.
        Accountable = "accountable",
        /// Adviser, consulted before.
        Consulted = "consulted",
        /// Recipient of information afterwards.
        Informed = "informed",
    }
}

steward_core::resource! {
    /// Responsibility of a person, team, unit or role for a record of any kind. Each record has one accountable holder.
    pub struct Responsibility {
        /// Subject of the responsibility: a record of any kind.
        #[field(refers_to(ANY), fixed, unique)]
        pub subject_id: Id,
        /// Holder of the responsibility.
        #[field(refers_to(&["teams/people", "teams/teams", "teams/units", "teams/role-profiles"]), fixed)]
        pub holder_id: Id,
        /// Type of responsibility.
        #[field(fixed)]
        pub role: RaciRole,
        /// Note on the responsibility.
        pub note: Option<Note>,
    }
}

impl Resource for Responsibility {
    const PATH: &'static str = "governance/responsibilities";
    type Table = steward_schema::governance::responsibilities::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const TITLE: &'static str = "role";
    const UNIQUE: &'static [Unique] = &[Unique { index: "responsibilities_holder_key", fields: &["subject_id", "holder_id", "role"] }];

    const FLAGS: &'static [Flag] = &[Flag {
        code: "left",
        about: Responsibility::PATH,
        watches: &[Watch::itself(Responsibility::PATH), Watch::beside("teams/people", "id", (Responsibility::PATH, "holder_id", "id"))],
        judge: held_by_who_left,
        hold: None,
    }];

    fn sample() -> Self {
        Responsibility {
            subject_id: Id::sample(),
            holder_id: Id::sample(),
            role: RaciRole::Responsible,
            note: Some("Until the new head of operations has started.".into()),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Named(format!("responsibilities {}", self.subject_id))]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if self.role != RaciRole::Accountable {
            return Ok(());
        }
        let others = responsibilities::table
            .filter(responsibilities::role.eq(RaciRole::Accountable))
            .filter(responsibilities::subject_id.eq(self.subject_id).and(responsibilities::id.ne(check.id)));
        if select(exists(others)).get_result(check.connection)? {
            return Err(Problem::conflict("/role", "accountable", "Somebody is accountable for it already, and there is one. Delete that first.").into());
        }
        Ok(())
    }
}

/// Who does something or answers for it has left.
fn held_by_who_left(check: &mut Check<'_>, responsibility: Id) -> Result<Option<String>> {
    let held = responsibilities::table
        .find(responsibility)
        .inner_join(registry::table.on(registry::id.eq(responsibilities::holder_id)))
        .filter(registry::collection.eq("teams/people").and(registry::state.eq("left")))
        .filter(responsibilities::role.eq_any([RaciRole::Responsible, RaciRole::Accountable]))
        .select(responsibilities::role);
    let role: Option<RaciRole> = held.first(check.connection).optional()?;
    Ok(role.map(|role| format!("Who is {} for it has left. Name another person.", role.word())))
}
