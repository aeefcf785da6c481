//! Person certifications: which certification a person holds, and until when.

use crate::domains::teams::person::person::acts_for;
use crate::error::Result;
use crate::resource::value::{Currency, Date, Money, Note, Number, Text};
use crate::resource::{Check, Due, Guard, Id, Lifecycle, Move, Own, Resource, Scope, UnmetGuard, ValidationErrors};

crate::resource! {
    /// A certification of a person, from the plan to obtain it to its end.
    pub struct PersonCertification {
        /// The person.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// The certification.
        #[field(refers_to(&["teams/certifications"]), fixed)]
        pub certification_id: Id,
        /// The number that its issuer gave it.
        pub number: Option<Text<1, 100>>,
        /// The day by which it is to be obtained.
        #[field(deadline)]
        pub planned_on: Option<Date>,
        /// The day on which it was issued; needed for it to be valid.
        #[field(happened)]
        pub issued_on: Option<Date>,
        /// The last day on which it is valid; none if it does not expire.
        #[field(deadline)]
        pub expires_on: Option<Date>,
        /// How many credits of further education renew it.
        pub credits_needed: Option<Number<0, 10000>>,
        /// How many of them are earned.
        pub credits_earned: Option<Number<0, 10000>>,
        /// What the examination and its fees cost.
        pub cost: Option<Money>,
        /// The certificate.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
        /// What one should know of it.
        pub notes: Option<Note>,
    }
}

impl Resource for PersonCertification {
    const PATH: &'static str = "teams/person-certifications";
    type Table = steward_schema::teams::person_certifications::table;
    const SCOPE: Scope = Scope::Within("person_id");
    const OWN: &'static [Own] = &[Own::named("person_id").only(&["read", "create"]), Own::named("person_id").in_states(&["planned"])];
    const TITLE: &'static str = "id";
    const GUARDS: &'static [Guard] = &[Guard::set(&["valid"], &["issued_on"]), Guard::after(&["expired"], "expires_on")];
    const DUE: &'static [Due] = &[Due::after("expired", "expires_on")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→valid:grant→expired:expire|revoked:revoke|renewed:renew"))
    }

    fn sample() -> Self {
        PersonCertification {
            person_id: Id::sample(),
            certification_id: Id::sample(),
            number: Some("512345".into()),
            planned_on: Date::parse("2023-05-31"),
            issued_on: Date::parse("2023-06-01"),
            expires_on: Date::parse("2026-05-31"),
            credits_needed: Some(Number(120.0)),
            credits_earned: Some(Number(87.5)),
            cost: Some(Money::new(74900, Currency::sample("EUR"))),
            file_id: None,
            notes: Some("The employer pays the yearly fee.".into()),
        }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let own = matches!(step.to, "valid" | "renewed") && acts_for(check, self.person_id)?;
        Ok(if own { vec![UnmetGuard::new("/person_id", "own", "Nobody certifies themselves. Ask who leads you.")] } else { Vec::new() })
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.issued_on, self.expires_on, "expires_on");
    }
}
