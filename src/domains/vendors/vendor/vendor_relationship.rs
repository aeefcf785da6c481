//! Vendor relationships: who stands behind a vendor.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Date, Note, Text, Title, Whole};
use steward_core::resource::{Id, PartOf, Resource, Rule, Scope, ValidationErrors};

choice! {
    /// Role of the related vendor towards the vendor.
    pub enum RelationshipKind {
        /// Performs a part of the vendor's work for the organisation.
        Subcontractor = "subcontractor",
        /// Serves the vendor or its subcontractors, so that its loss reaches the organisation.
        FourthParty = "fourth_party",
        /// Handles personal data for the vendor (GDPR, article 28).
        SubProcessor = "sub_processor",
        /// Makes what the vendor resells.
        Principal = "principal",
        /// Belongs to the same group.
        Affiliate = "affiliate",
    }
}

steward_core::resource! {
    /// Relationship between two vendors: the supply chain behind what the organisation buys.
    pub struct VendorRelationship {
        /// Vendor that has the contract with the organisation.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Id,
        /// Related vendor.
        #[field(refers_to(&["vendors/vendors"]), fixed, differs_from("vendor_id"))]
        pub related_vendor_id: Id,
        /// Role of the related vendor towards the vendor.
        #[field(fixed)]
        pub kind: RelationshipKind,
        /// Work of the related vendor there.
        #[field(search)]
        pub description: Option<Note>,
        /// Service of the organisation that depends on it.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Rank in the supply chain: 1 is the vendor itself, 2 its subcontractor (the rank in the register of information under DORA).
        pub chain_rank: Option<Whole<2, 20>>,
        /// True if the related vendor handles data of the organisation.
        #[field(default(|| json!(false)))]
        pub data_access: bool,
        /// Country from which the related vendor works (ISO 3166-1, two letters).
        pub country: Option<Text<2, 2>>,
        /// Notice to or consent of the organisation.
        pub consent: Option<Title>,
        /// First day.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// Last day; null while it lasts.
        #[field(event)]
        pub ends_on: Option<Date>,
    }
}

impl Resource for VendorRelationship {
    const PATH: &'static str = "vendors/vendor-relationships";
    type Table = steward_schema::vendors::vendor_relationships::table;
    const SCOPE: Scope = Scope::Within("vendor_id");
    const TITLE: &'static str = "kind";
    const PART_OF: Option<PartOf> = Some(PartOf::of("vendor_id"));
    const RULES: &'static [Rule] = &[Rule::NoOverlap { same: &["vendor_id", "related_vendor_id", "kind"], starts: "starts_on", ends: "ends_on" }];

    fn sample() -> Self {
        VendorRelationship {
            vendor_id: Id::sample(),
            related_vendor_id: Id::sample(),
            kind: RelationshipKind::Subcontractor,
            description: Some("Runs the second data centre.".into()),
            service_id: None,
            chain_rank: Some(Whole(2)),
            data_access: true,
            country: Some("NL".into()),
            consent: Some("Annex 4 of the contract".into()),
            starts_on: Date::parse("2024-01-01"),
            ends_on: Date::parse("2028-12-31"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let country = self.country.as_ref().is_none_or(|country| country.bytes().all(|byte| byte.is_ascii_uppercase()));
        faults.require(country, "country", "format", "Expected the two capital letters of a country, such as NL.");
        faults.span(self.starts_on, self.ends_on, "ends_on");
    }
}
