//! Licences: what the organisation may use, how much of it and how long.

use super::license_assignment::{Taken, most_taken};
use super::license_metric::{LicenseMetric, OverAssignment};
use super::version_range::VersionRange;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note, PreciseMoney, Text, Title, Whole};
use steward_core::resource::{Check, Flag, Id, Resource, Scope, ValidationErrors};

steward_core::resource! {
    /// Entitlement to use software. Its position is the quantity entitled to less the quantity assigned.
    pub struct License {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Software product covered by the licence.
        #[field(refers_to(&["infrastructure/software-products"]))]
        pub software_product_id: Id,
        /// Versions of the product that the licence covers, as a range in the notation `vers`; null for all. Of an installation in another
        /// version it is refused, or raises a conflict where that is discovered.
        pub version_range: Option<VersionRange>,
        /// Licence metric. It cannot be changed, because assignments count by it.
        #[field(fixed)]
        pub metric: LicenseMetric,
        /// Quantity entitled to in that metric, at least 0. It cannot fall below the assigned quantity where over-assignment is forbidden.
        pub quantity: Whole<0, 1_000_000_000>,
        /// Treatment of assignments beyond the quantity.
        #[field(default(|| json!("forbid")))]
        pub over_assignment: OverAssignment,
        /// First day of permitted use.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// Last day of permitted use; none if it is perpetual.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Last day of maintenance: new versions and support. Releases published later are not covered, unless the licence is renewed
        /// automatically.
        #[field(deadline)]
        pub maintenance_ends_on: Option<Date>,
        /// True if it is renewed automatically at the end.
        #[field(default(|| json!(false)))]
        pub auto_renew: bool,
        /// Vendor of the licence.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// Contract that grants it.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// Purchase order line with which it was bought.
        #[field(refers_to(&["vendors/purchase-order-lines"]))]
        pub purchase_order_line_id: Option<Id>,
        /// Cost of one unit of its quantity for its term, with up to 12 decimals.
        pub unit_cost: Option<PreciseMoney>,
        /// Entitlement number assigned by the vendor, as required by an audit.
        #[field(search)]
        pub entitlement_number: Option<Text<1, 100>>,
        /// Licence key that unlocks the software.
        #[field(restricted)]
        pub license_key: Option<Text<1, 4000>>,
        /// Free-text notes, such as restrictions of use.
        #[field(search)]
        pub notes: Option<Note>,
    }
}

impl Resource for License {
    const PATH: &'static str = "infrastructure/licenses";
    type Table = steward_schema::infrastructure::licenses::table;
    const SCOPE: Scope = Scope::Unit;
    const FLAGS: &'static [Flag] = &[super::license_use::OVER_USE];

    fn sample() -> Self {
        License {
            name: "Monitoring agents 2026".into(),
            software_product_id: Id::sample(),
            version_range: Some("vers:generic/>=17.0|<18.0".into()),
            metric: LicenseMetric::Device,
            quantity: Whole(120),
            over_assignment: OverAssignment::Forbid,
            starts_on: Date::parse("2026-01-01"),
            ends_on: Date::parse("2028-12-31"),
            maintenance_ends_on: Date::parse("2028-12-31"),
            auto_renew: false,
            vendor_id: None,
            contract_id: None,
            purchase_order_line_id: None,
            unit_cost: Some(PreciseMoney::sample("36.00", "EUR")),
            entitlement_number: Some("ENT-88213".into()),
            license_key: Some("XK4P-7Q2M-93DT".into()),
            notes: Some("Production only; test systems use the free edition.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.starts_on, self.ends_on, "ends_on");
        faults.require(self.unit_cost.is_none_or(|cost| !cost.amount.0.is_sign_negative()), "unit_cost", "range", "A cost is not negative.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.before.is_none() || self.over_assignment == OverAssignment::Allow {
            return Ok(());
        }
        let same = check.before::<License>()?.is_some_and(|before| before.over_assignment == self.over_assignment && before.quantity <= self.quantity);
        let open = Taken { starts_on: check.today, ends_on: None, quantity: 0 };
        if same || most_taken(check, check.id, &open)? <= self.quantity.0 {
            return Ok(());
        }
        Err(Problem::conflict("/quantity", "assigned", "More than that is assigned. End assignments first, or allow over-assignment.").into())
    }
}
