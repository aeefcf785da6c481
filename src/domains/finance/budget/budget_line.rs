//! Budget lines: what a budget sets aside for what, and when.

use super::line_lineage;
use super::period_amount::{self, PeriodAmount};
use super::period_number::{self, Named};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Currency, Money, Note, Precise, PreciseMoney, Text, Title, Whole};
use steward_core::resource::{Cause, Check, Flag, Id, PartOf, Resource, Scope, ValidationErrors};
use steward_schema::finance::budgets;

choice! {
    /// Spend profile: the purpose of the spending for the organisation.
    pub enum SpendProfile {
        /// Run: keeps the business running.
        Run = "run",
        /// Grow: supports growth of the existing business.
        Grow = "grow",
        /// Transform: enables new business.
        Transform = "transform",
    }
}

choice! {
    /// Distribution of an amount over the periods of a year.
    pub enum Distribution {
        /// Equal amounts in all periods.
        Equal = "equal",
        /// In proportion to the days of each period.
        ByDays = "by_days",
        /// In proportion to given weights.
        Weights = "weights",
        /// In proportion to another line.
        Copy = "copy",
        /// Amounts given manually.
        Manual = "manual",
    }
}

steward_core::value! {
    /// Weight of a period.
    pub struct PeriodWeight {
        /// Number of the period in its fiscal year.
        pub period: Whole<1, 366>,
        /// Weight of the period, in proportion to the others.
        pub weight: Whole<0, 1_000_000_000>,
    }
}

steward_core::resource! {
    /// Budget line: an amount set aside for a purpose. Editable only while the budget is a draft.
    pub struct BudgetLine {
        /// Budget of the line.
        #[field(refers_to(&["finance/budgets"]))]
        pub budget_id: Id,
        /// Purpose of the line.
        #[field(search)]
        pub name: Title,
        /// Cost category of the line.
        #[field(refers_to(&["finance/cost-categories"]))]
        pub cost_category_id: Id,
        /// Cost center where the cost arises; the scope of the budget if left out.
        #[field(refers_to(&["finance/cost-centers"]))]
        pub cost_center_id: Option<Id>,
        /// Service funded.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Vendor of the purchase.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// Contract of the purchase.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// Project funded.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Option<Id>,
        /// Initiative funded.
        #[field(refers_to(&["strategy/initiatives"]))]
        pub initiative_id: Option<Id>,
        /// Spend profile: run, grow or transform.
        pub spend_profile: Option<SpendProfile>,
        /// Amount for the year, in the currency of the budget.
        pub amount: Money,
        /// Planned quantity, for the split of variances into price and volume; with its unit price.
        pub quantity: Option<Precise>,
        /// Unit of the quantity, such as hour or user.
        pub unit: Option<Text<1, 40>>,
        /// Planned unit price, in any currency. In that of the budget, quantity × price is the amount.
        pub unit_price: Option<PreciseMoney>,
        /// Distribution of the amount over the periods of the year.
        #[field(default(|| json!("equal")))]
        pub distribution: Distribution,
        /// Amounts of the periods, which must add up to the amount exactly. Left out, they are split by the distribution, with the largest
        /// remainders first; `/spread` returns them. Required for a manual distribution.
        pub amounts: Option<Vec<PeriodAmount>>,
        /// Weights of the periods, for a distribution by weights; a period without one weighs 0.
        pub weights: Option<Vec<PeriodWeight>>,
        /// Line whose periods are followed in proportion, for a copy.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub copied_from_id: Option<Id>,
        /// Lineage: the same for this line in every version of the budget, so that orders, costs and transfers of one version count in the
        /// next. A line of another version of the same scope and fiscal year names it; left out, it is that of the line of the same name in
        /// the previous version, or a new one.
        pub lineage_id: Option<Id>,
        /// Origin of the amount, and assumptions.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for BudgetLine {
    const PATH: &'static str = "finance/budget-lines";
    type Table = steward_schema::finance::budget_lines::table;
    const SCOPE: Scope = Scope::Within("budget_id");
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("budget_id", &["draft"]));
    const FLAGS: &'static [Flag] = &[super::overspent_line::OVERDRAWN];

    fn sample() -> Self {
        let euros = |minor: i64| Money::new(minor, Currency::sample("EUR"));
        BudgetLine {
            budget_id: Id::sample(),
            name: "Replacement of database servers".into(),
            cost_category_id: Id::sample(),
            cost_center_id: None,
            service_id: None,
            vendor_id: None,
            contract_id: None,
            project_id: None,
            initiative_id: None,
            spend_profile: Some(SpendProfile::Run),
            amount: euros(12_000_000),
            quantity: Precise::parse("12"),
            unit: Some("server".into()),
            unit_price: Some(PreciseMoney::sample("10000", "EUR")),
            distribution: Distribution::Equal,
            amounts: None,
            weights: None,
            copied_from_id: None,
            lineage_id: None,
            description: Some("A server in each month, at the prices of the frame contract.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.unit_price.is_none() || self.quantity.is_some(), "quantity", "required", "Say how many at that price, or leave the price out.");
        faults.require(self.quantity.is_none() || self.unit_price.is_some(), "unit_price", "required", "Say the price of one, or leave the quantity out.");
        if let (Some(quantity), Some(price)) = (self.quantity, self.unit_price)
            && price.currency == self.amount.currency
        {
            let agrees = price.times(quantity, 0.0) == Some(self.amount);
            faults.require(agrees, "amount", "product", "The amount is quantity × unit price, rounded once. Correct one of the three.");
        }
        if let Some(amounts) = &self.amounts {
            period_amount::require_sound(faults, "amounts", amounts, self.amount.currency);
            let exact = period_amount::sum(amounts) == i128::from(self.amount.minor);
            faults.require(exact, "amounts", "sum", "The amounts of the periods must add up to the amount exactly.");
            return;
        }
        match self.distribution {
            Distribution::Manual => faults.at("amounts", "required", "Say how much falls on each period, or choose another distribution."),
            Distribution::Weights => {
                let some = self.weights.iter().flatten().any(|each| each.weight.0 > 0);
                faults.require(some, "weights", "required", "Say how much each period weighs; at least one weighs more than 0.");
            }
            Distribution::Copy => faults.require(self.copied_from_id.is_some(), "copied_from_id", "required", "Name the line whose periods it follows."),
            Distribution::Equal | Distribution::ByDays => {}
        }
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        if self.lineage_id.is_some() || matches!(cause, Cause::Move(_)) {
            return Ok(None);
        }
        let lineage = line_lineage::of_namesake(check, self.budget_id, &self.name, self.cost_category_id)?.unwrap_or(check.id);
        Ok(Some(BudgetLine { lineage_id: Some(lineage), ..self.clone() }))
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        self.require_periods(check)?;
        if let Some(lineage) = self.lineage_id {
            line_lineage::require_sound(check, self.budget_id, lineage)?;
        }
        let same = budgets::table.find(self.budget_id).filter(budgets::currency.eq(self.amount.currency));
        if !select(exists(same)).get_result::<bool>(check.connection)? {
            return Err(Problem::conflict("/amount/currency", "currency", "All lines of a budget have its currency. Give the amount in that.").into());
        }
        if self.copied_from_id == Some(check.id) {
            return Err(Problem::conflict("/copied_from_id", "circle", "A line does not copy itself. Name another one.").into());
        }
        Ok(())
    }
}

impl BudgetLine {
    /// Refuses amounts and weights of periods that the year of the budget does not have (422).
    fn require_periods(&self, check: &mut Check<'_>) -> Result<()> {
        let year: Option<Id> = budgets::table.find(self.budget_id).select(budgets::fiscal_year_id).first(check.connection).optional()?;
        let Some(year) = year else { return Ok(()) };
        let amounts = Named { field: "amounts", numbers: self.amounts.iter().flatten().map(|each| each.period.0).collect(), adjusts: true };
        let weights = Named { field: "weights", numbers: self.weights.iter().flatten().map(|each| each.period.0).collect(), adjusts: false };
        period_number::require(check, year, &[amounts, weights])
    }
}
