//! Cost centers: where costs arise, and who answers for them.

use crate::database::Statement;
use crate::error::{Problem, Result};
use crate::resource::value::{Code, Date, Note, Title};
use crate::resource::{Check, Faults, Id, Resource, Rule, Scope, Unique};

crate::resource! {
    /// A part of the organisation in which costs arise. Cost centers form a tree without circles, and one with open commitments
    /// cannot end.
    pub struct CostCenter {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// The cost center above it.
        #[field(refers_to(&["finance/cost-centers"]))]
        pub parent_id: Option<Id>,
        /// Who answers for its costs.
        #[field(refers_to(&["teams/people"]))]
        pub manager_id: Option<Id>,
        /// First day on which costs may arise in it.
        pub starts_on: Option<Date>,
        /// Last such day; none while it lasts. It cannot be before the end of a period in which commitments on it are open, nor
        /// today or earlier while any are.
        pub ends_on: Option<Date>,
        /// What it is for.
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

    fn rules(&self, faults: &mut Faults) {
        faults.span(self.starts_on, self.ends_on, "ends_on");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(ends_on) = self.ends_on else { return Ok(()) };
        let mut open = Statement::new(
            "SELECT 1 FROM commitments c JOIN budget_lines l ON l.id = c.budget_line_id JOIN budgets b ON b.id = l.budget_id \
             JOIN fiscal_periods p ON p.id = c.fiscal_period_id WHERE c.state IN ('open', 'partially_relieved') AND (l.cost_center_id = ",
        )
        .with(check.id, " OR (l.cost_center_id IS NULL AND b.scope_id = ")
        .with(check.id, "))");
        if ends_on > check.today {
            open.push(" AND p.ends_on > ").bind(ends_on);
        }
        open.push(" LIMIT 1");
        if check.finds(open)? {
            return Err(Problem::conflict("/ends_on", "open_commitments", "Commitments on it are still open. Release them or carry them forward first.").into());
        }
        Ok(())
    }
}
