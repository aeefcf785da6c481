//! Person certifications: which certification a person holds, and until when.

use crate::person::person::acts_for;
use steward_core::error::Result;
use steward_core::resource::value::{Currency, Date, Money, Note, Number, Text};
use steward_core::resource::{Check, Due, Guard, Id, Lifecycle, Move, Own, Resource, Scope, UnmetGuard, ValidationErrors};

steward_core::resource! {
    /// Certification of a person, from planning to expiry.
    pub struct PersonCertification {
        /// Person certified.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// Certification planned or held.
        #[field(refers_to(&["teams/certifications"]), fixed)]
        pub certification_id: Id,
        /// Number assigned by the issuer.
        pub number: Option<Text<1, 100>>,
        /// Planned date of certification.
        #[field(deadline)]
        pub planned_on: Option<Date>,
        /// Date of issue; required for validity.
        #[field(happened)]
        pub issued_on: Option<Date>,
        /// Last day of validity; none if it does not expire.
        #[field(deadline)]
        pub expires_on: Option<Date>,
        /// Credits of continuing education required for renewal.
        pub credits_needed: Option<Number<0, 10000>>,
        /// Credits earned.
        pub credits_earned: Option<Number<0, 10000>>,
        /// Cost of the examination and its fees.
        pub cost: Option<Money>,
        /// File of the certificate.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
        /// Free-text notes.
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
