//! Investment cases: what something new costs, what it brings, and whether it is worth it.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Code, Currency, Money, Note, Number, Title};
use steward_core::resource::{ApprovalAmount, Id, Lifecycle, Resource, Scope, Unique, ValidationErrors};

choice! {
    /// Length of a period of the case.
    pub enum CasePeriod {
        /// A month.
        Month = "month",
        /// A quarter of a year.
        Quarter = "quarter",
        /// A year.
        Year = "year",
    }
}

steward_core::value! {
    /// Option considered in the case.
    pub struct CaseOption {
        /// Name of the option, such as do nothing.
        pub name: Title,
        /// Advantages and disadvantages of the option.
        pub description: Option<Note>,
        /// Net cash flow of each period, the first being period 0.
        pub cash_flows: Option<Vec<Money>>,
        /// True if the case is for this option; at most one is chosen.
        #[field(default(|| json!(false)))]
        pub chosen: bool,
    }
}

steward_core::resource! {
    /// Investment case. `/appraisal` returns its net present value, internal rate of return, payback and return on investment.
    pub struct InvestmentCase {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name of the case.
        #[field(search)]
        pub name: Title,
        /// Proposed investment and its rationale.
        #[field(search)]
        pub description: Option<Note>,
        /// Sponsor, accountable for the benefits.
        #[field(refers_to(&["teams/people"]))]
        pub sponsor_id: Option<Id>,
        /// Budget line that funds the investment.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Option<Id>,
        /// Currency of all amounts.
        pub currency: Currency,
        /// Length of a period.
        #[field(default(|| json!("year")))]
        pub period: CasePeriod,
        /// Net cash flow of each period; equal to benefits less costs where both are given. The first is period 0, the day of the decision,
        /// and is not discounted.
        pub cash_flows: Vec<Money>,
        /// Costs by period, not less than 0. For the return on investment, together with the benefits.
        pub costs: Option<Vec<Money>>,
        /// Benefits by period. For the return on investment, together with the costs.
        pub benefits: Option<Vec<Money>>,
        /// Discount rate in percent per period, from −99 to 1000.
        pub discount_rate_percent: Number<-99, 1000>,
        /// Options considered.
        #[field(default(|| json!([])))]
        pub options: Vec<CaseOption>,
        /// Assumptions and risks.
        #[field(search)]
        pub assumptions: Option<Note>,
    }
}

impl Resource for InvestmentCase {
    const PATH: &'static str = "finance/investment-cases";
    type Table = steward_schema::finance::investment_cases::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "investment_cases_code_key", fields: &["code"] }];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft→submitted:submit→approved:approve→funded:fund→realised:realise; submitted→rejected:reject";
        Some(Lifecycle::new(notation).approving(&["approve"]).worth(&[ApprovalAmount::Listed("costs")]))
    }

    fn sample() -> Self {
        let euros = |amounts: &[i64]| amounts.iter().map(|amount| Money::new(amount * 100, Currency::sample("EUR"))).collect::<Vec<_>>();
        InvestmentCase {
            code: "IC-014".into(),
            name: "Virtual desktops for the branches".into(),
            description: Some("Replaces 800 desktop computers by virtual ones that are run centrally.".into()),
            sponsor_id: None,
            budget_line_id: None,
            currency: Currency::sample("EUR"),
            period: CasePeriod::Year,
            cash_flows: euros(&[-100_000, 50_000, 40_000, 30_000, 10_000]),
            costs: Some(euros(&[100_000, 10_000, 10_000, 10_000, 10_000])),
            benefits: Some(euros(&[0, 60_000, 50_000, 40_000, 20_000])),
            discount_rate_percent: Number(10.0),
            options: vec![CaseOption {
                name: "Go on as before".into(),
                description: Some("Replace the computers by new ones in their fourth year.".into()),
                cash_flows: Some(euros(&[-20_000, -20_000, -20_000, -20_000, -20_000])),
                chosen: false,
            }],
            assumptions: Some("Every branch has a second line by the end of the first year.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(!self.cash_flows.is_empty(), "cash_flows", "required", "Say what period 0 brings or costs, at least.");
        let flows = [("cash_flows", Some(&self.cash_flows)), ("costs", self.costs.as_ref()), ("benefits", self.benefits.as_ref())];
        for (field, amounts) in flows {
            let same = amounts.is_none_or(|amounts| amounts.iter().all(|amount| amount.currency == self.currency));
            faults.require(same, field, "currency", "All amounts of a case have its currency.");
        }
        let costs = self.costs.iter().flatten().all(|cost| cost.minor >= 0);
        faults.require(costs, "costs", "range", "A cost is not less than 0.");
        if let (Some(costs), Some(benefits)) = (&self.costs, &self.benefits) {
            let at = |amounts: &[Money], period: usize| amounts.get(period).map_or(0, |amount| i128::from(amount.minor));
            let periods = self.cash_flows.len().max(costs.len()).max(benefits.len());
            let agrees = (0..periods).all(|period| at(&self.cash_flows, period) == at(benefits, period) - at(costs, period));
            faults.require(agrees, "cash_flows", "sum", "A cash flow is the benefits less the costs of its period. Correct the one or the other.");
        }
        let options = self.options.iter().filter_map(|option| option.cash_flows.as_ref()).flatten().all(|amount| amount.currency == self.currency);
        faults.require(options, "options", "currency", "All amounts of a case have its currency.");
        faults.require(self.options.iter().filter(|option| option.chosen).count() <= 1, "options", "one_of", "At most one option is chosen.");
    }
}
