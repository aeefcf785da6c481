//! Development plans: what a person wants to become, and what the organisation gives to it.

use crate::person::person::is_actor;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::access::users_of;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Currency, Date, Money, Note, Number, Title};
use steward_core::resource::{ApprovalAmount, Check, Guard, Id, Lifecycle, Move, Own, Resource, Scope, UnmetGuard, ValidationErrors};
use steward_schema::service::revisions;

steward_core::resource! {
    /// Development plan of a person: learning over a period, towards a target role, with a budget of money and hours. It is agreed once
    /// both the person and the lead have agreed.
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
        /// Date of agreement by the person; set only by the person.
        #[field(happened)]
        pub person_agreed_on: Option<Date>,
        /// Date of agreement by the lead; not set by the person.
        #[field(happened)]
        pub lead_agreed_on: Option<Date>,
    }
}

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

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some((person_on, lead_on)) = check.before::<DevelopmentPlan>()?.map(|before| (before.person_agreed_on, before.lead_agreed_on)) else {
            return Ok(());
        };
        let own = is_actor(check, self.person_id)?;
        // Who withdraws the other side's word writes none for it.
        if self.person_agreed_on.is_some() && self.person_agreed_on != person_on && !own {
            return Err(Problem::conflict("/person_agreed_on", "other_side", "Only the person agrees for themselves. Ask them to.").into());
        }
        if self.lead_agreed_on.is_some() && self.lead_agreed_on != lead_on && own {
            return Err(Problem::conflict("/lead_agreed_on", "other_side", "Only who leads you agrees for the organisation. Ask them to.").into());
        }
        Ok(())
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "agreed" || is_actor(check, self.person_id)? {
            return Ok(Vec::new());
        }
        // A day that somebody else wrote down is no word of the person's.
        let took_part = revisions::table.filter(revisions::resource_id.eq(check.id).and(revisions::actor_id.eq_any(users_of(self.person_id))));
        if select(exists(took_part)).get_result(check.connection)? {
            return Ok(Vec::new());
        }
        Ok(vec![UnmetGuard::new("/person_agreed_on", "other_side", "The person has not said so themselves. Ask them to set it, or to make this move.")])
    }
}
