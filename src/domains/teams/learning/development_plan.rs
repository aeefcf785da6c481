//! Development plans: what a person wants to become, and what the organisation gives to it.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::{Currency, Date, Money, Note, Number, Title};
use steward_core::resource::{ApprovalAmount, Cause, Check, Effect, Guard, Id, Lifecycle, Model, Own, Resource, Scope, ValidationErrors};
use steward_schema::teams::development_plans;

steward_core::resource! {
    /// Development plan of a person: learning over a period, towards a target role, with a budget of money and hours. It is agreed once
    /// both the person and the lead have agreed, each for themselves. A changed plan needs their agreement anew.
    pub struct DevelopmentPlan {
        /// Person being developed.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// Title of the plan.
        pub title: Title,
        /// Lead of the person, who agrees for the organisation.
        #[field(refers_to(&["teams/people"]))]
        pub lead_id: Option<Id>,
        /// Target role of the person.
        #[field(refers_to(&["teams/role-profiles"]))]
        pub target_role_id: Option<Id>,
        /// Budget for learning.
        pub learning_budget: Option<Money>,
        /// Working hours for learning.
        pub learning_hours: Option<Number<0, 10000>>,
        /// First day of the plan.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// Last day of the plan.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Strengths and ambitions of the person.
        pub description: Option<Note>,
        /// Date of agreement by the person, written when the person agrees; null again once the plan or one of its goals changes.
        #[field(read_only, happened)]
        pub person_agreed_on: Option<Date>,
        /// Date of agreement by the lead, written when the lead agrees; null again once the plan or one of its goals changes.
        #[field(read_only, happened)]
        pub lead_agreed_on: Option<Date>,
    }
}

/// The states in which a plan can still be agreed to.
pub const OPEN: &[&str] = &["draft", "agreed", "active"];

impl Resource for DevelopmentPlan {
    const PATH: &'static str = "teams/development-plans";
    type Table = steward_schema::teams::development_plans::table;
    const SCOPE: Scope = Scope::Within("person_id");
    const OWN: &'static [Own] = &[Own::named("person_id"), Own::named("lead_id")];
    const TITLE: &'static str = "title";
    const GUARDS: &'static [Guard] = &[Guard::set(&["agreed"], &["person_agreed_on", "lead_agreed_on"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(
            Lifecycle::new("draft→agreed:agree→active:activate→completed:complete|closed:close")
                .approving(&["agree"])
                .worth(&[ApprovalAmount::Field("learning_budget")]),
        )
    }

    fn sample() -> Self {
        DevelopmentPlan {
            person_id: Id::sample(),
            title: "To senior network engineer".into(),
            lead_id: None,
            target_role_id: None,
            learning_budget: Some(Money::new(250000, Currency::sample("EUR"))),
            learning_hours: Some(Number(80.0)),
            starts_on: Date::parse("2026-01-01"),
            ends_on: Date::parse("2026-12-31"),
            description: Some("Routing is strong; automation is next.".into()),
            person_agreed_on: Date::parse("2026-01-12"),
            lead_agreed_on: Date::parse("2026-01-13"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.starts_on, self.ends_on, "ends_on");
        faults.require(self.lead_id != Some(self.person_id), "lead_id", "itself", "A plan has two sides. Name who leads the person.");
    }

    /// What was agreed is what was there: another plan takes the words of both sides back.
    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let (Cause::Update, Some(before)) = (cause, check.before::<DevelopmentPlan>()?) else { return Ok(None) };
        let of = |plan: &DevelopmentPlan| DevelopmentPlan { person_agreed_on: None, lead_agreed_on: None, ..plan.clone() };
        let (was, is) = (of(before), of(self));
        Ok((was.to_json() != is.to_json()).then_some(is))
    }
}

/// Takes back what both sides of a plan agreed to, since one of its goals is another now. A plan that is over stays.
pub fn disagree(check: &mut Check<'_>, plan: Id) -> Result<Vec<Effect>> {
    let agreed = development_plans::person_agreed_on.is_not_null().or(development_plans::lead_agreed_on.is_not_null());
    let open = development_plans::table.find(plan).filter(agreed.and(development_plans::state.eq_any(OPEN)));
    if !select(exists(open)).get_result(check.connection)? {
        return Ok(Vec::new());
    }
    let forget = |plan: &mut DevelopmentPlan| (plan.person_agreed_on, plan.lead_agreed_on) = (None, None);
    Ok(vec![Effect::update(plan, forget)])
}
