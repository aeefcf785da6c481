//! Budgets: what may be spent on something in a year.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::ports::{contracts, work};
use steward_core::resource::value::{Currency, Note, Title, Whole};
use steward_core::resource::{ApprovalAmount, Check, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Rule, Scope, Unique, UnmetGuard, succession};
use steward_schema::finance::{budget_lines, budgets};

choice! {
    /// Action of the control when a request exceeds the available amount.
    pub enum ControlAction {
        /// Blocked: the request is refused.
        Block = "block",
        /// Warning: the request passes, and the budget shows as overdrawn.
        Warn = "warn",
        /// Ignored: no check.
        Ignore = "ignore",
    }
}

choice! {
    /// Part of the year's budget to check against.
    pub enum ControlBasis {
        /// Budget of the period itself.
        Period = "period",
        /// Budget of all periods up to and including it.
        YearToDate = "year_to_date",
        /// Budget of the whole year.
        Annual = "annual",
    }
}

steward_core::value! {
    /// Budgetary control of spending.
    pub struct BudgetControl {
        /// Action at a requisition.
        #[field(default(|| json!("warn")))]
        pub requisition: ControlAction,
        /// Action at an order or a contract.
        #[field(default(|| json!("block")))]
        pub order: ControlAction,
        /// Action at an invoice, on its approval. Receipts are recorded in any case.
        #[field(default(|| json!("warn")))]
        pub invoice: ControlAction,
        /// Action at an allocation of people.
        #[field(default(|| json!("warn")))]
        pub allocation: ControlAction,
        /// Part of the year's budget to check against.
        #[field(default(|| json!("annual")))]
        pub basis: ControlBasis,
        /// Tolerance: percentage of that budget by which it may be exceeded.
        #[field(default(|| json!(0)))]
        pub tolerance_percent: Whole<0, 100>,
    }
}

steward_core::resource! {
    /// Budget of a scope for a fiscal year, line by line. Approval freezes its lines as the baseline; from then on only transfers change
    /// the available amount. One version is active per scope and year: activating a version supersedes the one that it replaces
    /// (`supersedes_id`) in the same transition.
    pub struct Budget {
        /// Name of the budget.
        #[field(search)]
        pub name: Title,
        /// Scope of the budget: a cost center, a service, a unit, a project or an initiative.
        #[field(refers_to(&["finance/cost-centers", "infrastructure/services", "teams/units", "projects/projects", "strategy/initiatives"]), fixed)]
        pub scope_id: Id,
        /// Fiscal year of the budget.
        #[field(refers_to(&["finance/fiscal-years"]), fixed)]
        pub fiscal_year_id: Id,
        /// Currency of all its lines.
        #[field(fixed)]
        pub currency: Currency,
        /// Version number of the budget of this scope and year.
        #[field(default(|| json!(1)))]
        pub version: Whole<1, 1000>,
        /// Version to be replaced, of the same scope and year.
        #[field(refers_to(&["finance/budgets"]))]
        pub supersedes_id: Option<Id>,
        /// Control of spending against the budget; no check if left out.
        pub control: Option<BudgetControl>,
        /// Role whose holders may override a block by the control.
        #[field(refers_to(&["identity/roles"]))]
        pub override_role_id: Option<Id>,
        /// Rationale and assumptions.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for Budget {
    const PATH: &'static str = "finance/budgets";
    type Table = steward_schema::finance::budgets::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["scope_id"];
    const UNIQUE: &'static [Unique] = &[Unique { index: "budgets_version_key", fields: &["scope_id", "fiscal_year_id", "version"] }];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const RULES: &'static [Rule] = &[
        Rule::Tree("supersedes_id"),
        Rule::Agrees { by: "supersedes_id", theirs: "scope_id", ours: "scope_id" },
        Rule::Agrees { by: "supersedes_id", theirs: "fiscal_year_id", ours: "fiscal_year_id" },
    ];
    const GUARDS: &'static [Guard] =
        &[Guard::part(&["submitted"], "finance/budget-lines"), Guard::none_in(&["closed"], "projects/projects", "budget_id", &["executing"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft→submitted:submit→approved:approve→active:activate→closed:close; submitted→rejected:reject→draft:return_to_draft; \
            active→superseded:supersede";
        Some(Lifecycle::new(notation).approving(&["approve"]).worth(&[ApprovalAmount::Sum { of: "finance/budget-lines", field: "amount" }]))
    }

    fn sample() -> Self {
        Budget {
            name: "Infrastructure operations 2026".into(),
            scope_id: Id::sample(),
            fiscal_year_id: Id::sample(),
            currency: Currency::sample("EUR"),
            version: Whole(1),
            supersedes_id: None,
            control: Some(BudgetControl {
                requisition: ControlAction::Warn,
                order: ControlAction::Block,
                invoice: ControlAction::Warn,
                allocation: ControlAction::Ignore,
                basis: ControlBasis::Annual,
                tolerance_percent: Whole(5),
            }),
            override_role_id: None,
            description: Some("Keeps both data centres running; the move to the cloud has its own budget.".into()),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Named(format!("finance.budgets {} {}", self.scope_id, self.fiscal_year_id))]
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to == "superseded" {
            return self.unmet_of_superseding(check);
        }
        let before = match step.to {
            "active" => self.active(check)?.into_iter().map(|(id, _)| id).find(|id| Some(*id) == self.supersedes_id),
            _ => None,
        };
        let blocking = self.control.as_ref().filter(|control| control.order == ControlAction::Block);
        let tolerance = blocking.map(|control| control.tolerance_percent.0);
        before.map_or(Ok(Vec::new()), |before| super::version_change::unmet(check, before, tolerance))
    }

    fn unmet_in(&self, state: &str, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if state != "active" {
            return Ok(Vec::new());
        }
        Ok(succession::unmet(self.active(check)?, self.supersedes_id, "Budget", "scope and fiscal year"))
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to != "active" {
            return Ok(Vec::new());
        }
        let mut effects = succession::supersede::<Budget>(self.active(check)?, self.supersedes_id);
        if let Some(before) = self.supersedes_id {
            effects.extend(work::fund_by(check, before, check.id)?);
        }
        effects.extend(self.contract_charges(check)?);
        Ok(effects)
    }
}

impl Budget {
    /// A project that is carried out keeps its funds: a version is superseded by the next, which pays the project from then on.
    fn unmet_of_superseding(&self, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let next = budgets::table.filter(budgets::supersedes_id.eq(check.id).and(budgets::state.eq("active")));
        if select(exists(next)).get_result(check.connection)? {
            return Ok(Vec::new());
        }
        let funded = work::funded(check, check.id)?.into_iter().filter(|project| project.is_executing);
        let told = |project: work::FundedProject| {
            let detail = format!(
                "The project {} is executing and paid by this budget. Activate the next version, which names this one as supersedes_id, or put the project on hold first.",
                project.code
            );
            UnmetGuard::new("", "in_use", detail)
        };
        Ok(funded.map(told).collect())
    }

    /// Charges, in its year, of active contracts that its lines name.
    fn contract_charges(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        // Commitments of the version before count for this one.
        if self.supersedes_id.is_some() {
            return Ok(Vec::new());
        }
        let naming = budget_lines::table.filter(budget_lines::budget_id.eq(check.id).and(budget_lines::contract_id.is_not_null()));
        let named: Vec<(Id, Id)> =
            naming.order(budget_lines::id).select((budget_lines::id, budget_lines::contract_id.assume_not_null())).load(check.connection)?;
        let (lines, contracts): (Vec<Id>, Vec<Id>) = named.into_iter().unzip();
        contracts::commit_on(check, &contracts, &lines)
    }

    /// The other versions of its scope and year that are active.
    fn active(&self, check: &mut Check<'_>) -> Result<Vec<(Id, Title)>> {
        Ok(budgets::table
            .filter(budgets::state.eq("active").and(budgets::id.ne(check.id)))
            .filter(budgets::scope_id.eq(self.scope_id).and(budgets::fiscal_year_id.eq(self.fiscal_year_id)))
            .order(budgets::id)
            .select((budgets::id, budgets::name))
            .load(check.connection)?)
    }
}
