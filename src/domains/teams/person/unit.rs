//! Units: the tree of the organisation, and the scope of permissions.

use steward_core::access::authority::{self, LOCK};
use steward_core::error::{Kind as ProblemKind, Problem, Result};
use steward_core::resource::value::{Code, Title};
use steward_core::resource::{Check, Id, Lock, Own, Resource, Rule, Scope, Unique};

steward_core::resource! {
    /// Unit of the organisation. Units form a tree; a role granted on a unit applies to all units below it.
    pub struct Unit {
        /// Short code, unique in the organisation.
        #[field(unique, search)]
        pub code: Code,
        /// Name of the unit.
        #[field(search)]
        pub name: Title,
        /// Parent unit; none for a unit at the top.
        #[field(refers_to(&["teams/units"]))]
        pub parent_id: Option<Id>,
    }
}

impl Resource for Unit {
    const PATH: &'static str = "teams/units";
    type Table = steward_schema::teams::units::table;
    const SCOPE: Scope = Scope::Tree;
    const OWN: &'static [Own] = &[Own::unit()];
    const UNIQUE: &'static [Unique] = &[Unique { index: "units_code_key", fields: &["code"] }];
    const RULES: &'static [Rule] = &[Rule::Tree("parent_id")];

    fn sample() -> Self {
        Unit { code: "IT-OPS".into(), name: "IT operations".into(), parent_id: None }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Named(LOCK.into())]
    }

    /// A unit under another one is open to all who hold something there: who moves it holds as much of it themself.
    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let moved = check.before::<Unit>()?.is_some_and(|before| before.parent_id != self.parent_id);
        let (Some(parent), true) = (self.parent_id, moved) else { return Ok(()) };
        let (holds, unit) = (check.holds, check.id);
        for given in authority::given_by_move(check.connection, unit, parent)? {
            if !holds(check.connection, &given.to_string(), Some(unit))? {
                let detail =
                    format!("There, somebody would hold {given} on this unit, which you do not hold on it yourself. Ask somebody who does to move it.");
                return Err(Problem::new(ProblemKind::Forbidden, detail).into());
            }
        }
        Ok(())
    }
}
