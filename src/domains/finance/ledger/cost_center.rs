//! Cost centers: where costs arise, and who answers for them.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Code, Date, Note, Title};
use steward_core::resource::{Check, Id, Resource, Rule, Scope, Unique, ValidationErrors};
use steward_schema::finance::{budget_lines, budgets, commitments, fiscal_periods};

steward_core::resource! {
    /// Cost center of the organisation, in which costs arise. Cost centers form an acyclic tree, and one with open commitments cannot end.
    pub struct CostCenter {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name of the cost center.
        #[field(search)]
        pub name: Title,
        /// Parent cost center.
        #[field(refers_to(&["finance/cost-centers"]))]
        pub parent_id: Option<Id>,
        /// Manager, accountable for its costs.
        #[field(refers_to(&["teams/people"]))]
        pub manager_id: Option<Id>,
        /// First day of validity for costs.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// Last day of validity for costs; none while the cost center is current. It cannot be before the end of a period with open
        /// commitments on the cost center, nor today or earlier while any are open.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Purpose of the cost center.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for CostCenter {
    const PATH: &'static str = "finance/cost-centers";
    type Table = steward_schema::finance::cost_centers::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const UNIQUE: &'static [Unique] = &[Unique { index: "cost_centers_code_key", fields: &["code"] }];
    const RULES: &'static [Rule] = &[Rule::Tree("parent_id")];

    fn sample() -> Self {
        CostCenter {
            code: "CC-4200".into(),
            name: "Infrastructure operations".into(),
            parent_id: None,
            manager_id: None,
            starts_on: Date::parse("2024-01-01"),
            ends_on: Date::parse("2030-12-31"),
            description: Some("Data centres, networks and the people who run them.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.starts_on, self.ends_on, "ends_on");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(ends_on) = self.ends_on else { return Ok(()) };
        let own = budget_lines::cost_center_id.eq(check.id);
        let of_scope = budget_lines::cost_center_id.is_null().and(budgets::scope_id.eq(check.id));
        let mut open = commitments::table
            .inner_join(budget_lines::table.inner_join(budgets::table))
            .inner_join(fiscal_periods::table)
            .filter(commitments::state.eq_any(["open", "partially_relieved"]).and(own.or(of_scope)))
            .into_boxed();
        if ends_on > check.today {
            open = open.filter(fiscal_periods::ends_on.gt(ends_on));
        }
        if select(exists(open)).get_result(check.connection)? {
            return Err(Problem::conflict("/ends_on", "open_commitments", "Commitments on it are still open. Release them or carry them forward first.").into());
        }
        Ok(())
    }
}
