//! Cloud assignment rules: which service and cost center bear which charges.

use steward_core::resource::value::{Code, Date, Note, Text, Whole};
use steward_core::resource::{Id, Resource, Scope, Unique, ValidationErrors};

steward_core::resource! {
    /// Rule that assigns cloud charges to a service or a cost center. It applies to charges that meet all of its conditions, even if
    /// imported earlier; among several rules the first by position decides, for the service and for the cost center separately. A charge
    /// with its own service or cost center keeps it.
    pub struct CloudAssignmentRule {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Position among the rules; the lowest is applied first.
        pub position: Whole<1, 1_000_000>,
        /// Provider, as in the charge.
        pub provider: Option<Text<1, 200>>,
        /// Billing account, as in the charge.
        pub billing_account: Option<Text<1, 200>>,
        /// Sub account, as in the charge.
        pub sub_account: Option<Text<1, 200>>,
        /// Category of the provider's service, as in the charge.
        pub service_category: Option<Text<1, 200>>,
        /// Provider's service, as in the charge.
        pub service_name: Option<Text<1, 200>>,
        /// Region, as in the charge.
        pub region: Option<Text<1, 200>>,
        /// Beginning of the provider's resource name.
        pub resource_prefix: Option<Text<1, 500>>,
        /// Key of a tag of the charge.
        pub tag_key: Option<Text<1, 300>>,
        /// Value of that tag; any value if left out.
        pub tag_value: Option<Text<1, 1000>>,
        /// Service charged with the cost.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Cost center charged with the cost.
        #[field(refers_to(&["finance/cost-centers"]))]
        pub cost_center_id: Option<Id>,
        /// First day of use to be assigned.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// Last day of use to be assigned; none while the rule is current.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Reason for the assignment.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for CloudAssignmentRule {
    const PATH: &'static str = "finance/cloud-assignment-rules";
    type Table = steward_schema::finance::cloud_assignment_rules::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const TITLE: &'static str = "code";
    const UNIQUE: &'static [Unique] = &[Unique { index: "cloud_assignment_rules_code_key", fields: &["code"] }];

    fn sample() -> Self {
        CloudAssignmentRule {
            code: "CAR-SHOP".into(),
            position: Whole(10),
            provider: Some("Example Cloud".into()),
            billing_account: Some("471100815".into()),
            sub_account: Some("471100816".into()),
            service_category: Some("Compute".into()),
            service_name: Some("Virtual machines".into()),
            region: Some("eu-central".into()),
            resource_prefix: Some("vm/shop-".into()),
            tag_key: Some("application".into()),
            tag_value: Some("shop".into()),
            service_id: None,
            cost_center_id: None,
            starts_on: Date::parse("2026-01-01"),
            ends_on: Date::parse("2026-12-31"),
            description: Some("The shop has the machines whose names begin so.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.starts_on, self.ends_on, "ends_on");
        faults.require(self.tag_value.is_none() || self.tag_key.is_some(), "tag_key", "required", "Name the tag whose value is meant.");
    }
}
