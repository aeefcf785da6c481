//! Vendors: who the organisation buys from.

use super::lei;
use steward_core::choice;
use steward_core::resource::value::{Code, Note, Text, Title, Url, Whole};
use steward_core::resource::{Guard, Id, Lifecycle, Resource, Rule, Scope, Unique, ValidationErrors};

choice! {
    /// Strategic importance of a vendor.
    pub enum VendorTier {
        /// Partner that shapes what the organisation can do.
        Strategic = "strategic",
        /// First choice for requests.
        Preferred = "preferred",
        /// Regular source.
        Standard = "standard",
        /// Source used now and then.
        Occasional = "occasional",
    }
}

choice! {
    /// Level of harm or risk.
    pub enum Level {
        /// Low.
        Low = "low",
        /// Moderate.
        Medium = "medium",
        /// High.
        High = "high",
        /// At or above the most that the organisation can tolerate.
        Critical = "critical",
    }
}

choice! {
    /// Substitutability of a vendor, in the terms of the register of information under DORA.
    pub enum Substitutability {
        /// Replaceable at once.
        Easy = "easy",
        /// Replaceable with some work.
        Medium = "medium",
        /// Replaceable with very much work.
        HighlyComplex = "highly_complex",
        /// Not replaceable.
        NotSubstitutable = "not_substitutable",
    }
}

steward_core::resource! {
    /// Organisation that sells hardware, software or services. Orders go to qualified or active vendors only.
    pub struct Vendor {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Legal name in the register of companies.
        #[field(search)]
        pub legal_name: Option<Title>,
        /// Number in the register of companies.
        pub registration_number: Option<Text<1, 60>>,
        /// Value added tax (VAT) number, with the letters of its country.
        pub vat_number: Option<Text<1, 30>>,
        /// Legal entity identifier (ISO 17442): 18 capital letters or digits and two check digits.
        pub lei: Option<Text<20, 20>>,
        /// Purchasing category, such as hardware or consulting.
        #[field(search)]
        pub category: Option<Title>,
        /// Vendor that owns this one. The tree of vendors has no circles.
        #[field(refers_to(&["vendors/vendors"]))]
        pub parent_id: Option<Id>,
        /// Strategic importance.
        pub tier: Option<VendorTier>,
        /// Harm that the loss of the vendor would cause.
        pub criticality: Option<Level>,
        /// Degree of substitutability.
        pub substitutability: Option<Substitutability>,
        /// Risk of depending on the vendor.
        pub risk_tier: Option<Level>,
        /// Relationship manager.
        #[field(refers_to(&["teams/people"]))]
        pub relationship_manager_id: Option<Id>,
        /// Review interval in months.
        pub review_interval_months: Option<Whole<1, 120>>,
        /// Address of the website.
        pub website: Option<Url>,
        /// Free-text notes.
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
