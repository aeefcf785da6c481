//! Vendors: who the organisation buys from.

use super::lei;
use crate::choice;
use crate::resource::value::{Code, Note, Text, Title, Url, Whole};
use crate::resource::{Guard, Id, Lifecycle, Resource, Rule, Scope, Unique, ValidationErrors};

choice! {
    /// How much a vendor matters to the organisation's plans.
    pub enum VendorTier {
        /// Shapes what the organisation can do.
        Strategic = "strategic",
        /// Is asked first.
        Preferred = "preferred",
        /// May be bought from.
        Standard = "standard",
        /// Is bought from now and then.
        Occasional = "occasional",
    }
}

choice! {
    /// A level of harm or of risk.
    pub enum Level {
        /// Little.
        Low = "low",
        /// Some.
        Medium = "medium",
        /// Much.
        High = "high",
        /// As much as the organisation can bear, or more.
        Critical = "critical",
    }
}

choice! {
    /// How a vendor could be replaced: the words of the register of information under DORA.
    pub enum Substitutability {
        /// By another at once.
        Easy = "easy",
        /// By another with some work.
        Medium = "medium",
        /// By another with very much work.
        HighlyComplex = "highly_complex",
        /// By nobody.
        NotSubstitutable = "not_substitutable",
    }
}

crate::resource! {
    /// An organisation that sells hardware, software or services. Only qualified or active vendors are ordered from.
    pub struct Vendor {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Name in the register of companies.
        #[field(search)]
        pub legal_name: Option<Title>,
        /// Number in the register of companies.
        pub registration_number: Option<Text<1, 60>>,
        /// Number for value added tax, with the letters of its country.
        pub vat_number: Option<Text<1, 30>>,
        /// Legal entity identifier (ISO 17442): 18 capital letters or digits and two check digits.
        pub lei: Option<Text<20, 20>>,
        /// What is bought there, such as hardware or consulting.
        #[field(search)]
        pub category: Option<Title>,
        /// The vendor that owns this one. The tree of vendors has no circles.
        #[field(refers_to(&["vendors/vendors"]))]
        pub parent_id: Option<Id>,
        /// How much it matters to the organisation's plans.
        pub tier: Option<VendorTier>,
        /// How much its loss would harm.
        pub criticality: Option<Level>,
        /// How it could be replaced.
        pub substitutability: Option<Substitutability>,
        /// How risky it is to depend on it.
        pub risk_tier: Option<Level>,
        /// Who looks after the relationship.
        #[field(refers_to(&["teams/people"]))]
        pub relationship_manager_id: Option<Id>,
        /// Every how many months it is reviewed.
        pub review_interval_months: Option<Whole<1, 120>>,
        /// Its site on the web.
        pub website: Option<Url>,
        /// What one should know of it.
        #[field(search)]
        pub notes: Option<Note>,
    }
}

impl Resource for Vendor {
    const PATH: &'static str = "vendors/vendors";
    type Table = steward_schema::vendors::vendors::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const UNIQUE: &'static [Unique] = &[Unique { index: "vendors_code_key", fields: &["code"] }];
    const RULES: &'static [Rule] = &[Rule::Tree("parent_id")];
    const GUARDS: &'static [Guard] = &[
        Guard::none_in(&["inactive"], "vendors/contracts", "vendor_id", &["signed", "active", "suspended"]),
        Guard::none_in(&["inactive"], "vendors/purchase-orders", "vendor_id", &["submitted", "approved", "sent", "acknowledged"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "prospect→onboarding:start_onboarding→qualified:qualify→active:activate↔on_hold:hold; active↔restricted:restrict; \
            active→offboarding:start_offboarding→inactive:deactivate→onboarding; blocked:block; blocked→onboarding";
        Some(Lifecycle::new(notation).named("on_hold", "active", "resume").named("restricted", "active", "lift_restriction").named(
            "blocked",
            "onboarding",
            "unblock",
        ))
    }

    fn sample() -> Self {
        Vendor {
            code: "DELTA-HOST".into(),
            name: "Delta Hosting".into(),
            legal_name: Some("Delta Hosting B.V.".into()),
            registration_number: Some("24567890".into()),
            vat_number: Some("NL001234567B01".into()),
            lei: Some("0000STEWARDEXAMPLE77".into()),
            category: Some("Hosting".into()),
            parent_id: None,
            tier: Some(VendorTier::Strategic),
            criticality: Some(Level::High),
            substitutability: Some(Substitutability::HighlyComplex),
            risk_tier: Some(Level::Medium),
            relationship_manager_id: None,
            review_interval_months: Some(Whole(12)),
            website: Some(Url("https://delta-hosting.example.org".to_owned())),
            notes: Some("Runs both data centres.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let sound = self.lei.as_ref().is_none_or(|lei| lei::is_valid(&lei.0));
        faults.require(sound, "lei", "check_digits", "That is no legal entity identifier: its check digits do not fit. Look it up at gleif.org.");
    }
}
