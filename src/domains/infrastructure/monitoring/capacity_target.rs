//! Capacity targets: how much there is, and how full it may get.

use serde_json::json;
use steward_core::resource::value::{Date, Note, Number, Title, Whole};
use steward_core::resource::{Id, Resource, Scope, ValidationErrors};

steward_core::value! {
    /// Planned demand that does not show in the samples yet.
    pub struct PlannedDemand {
        /// First day of the demand.
        pub starts_on: Date,
        /// Additional demand in the unit of the series; negative for a reduction.
        pub amount: Number<-1_000_000_000_000_000, 1_000_000_000_000_000>,
        /// Cause of the demand.
        pub reason: Option<Title>,
    }
}

steward_core::resource! {
    /// Capacity target for a series: the capacity, and the threshold from which more is needed. Growth is fitted over its samples.
    pub struct CapacityTarget {
        /// Series of the use.
        #[field(refers_to(&["infrastructure/metric-series"]), fixed)]
        pub series_id: Id,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Available capacity in the unit of the series; more than 0.
        pub capacity: Number<0, 1_000_000_000_000_000>,
        /// Threshold from which more capacity is needed, in the same unit; at most the capacity.
        pub threshold: Number<0, 1_000_000_000_000_000>,
        /// Lead time of an extension in days: the order date is that many days before the date of the threshold.
        #[field(default(|| json!(0)))]
        pub lead_time_days: Whole<0, 3650>,
        /// Planned demand by day.
        #[field(default(|| json!([])))]
        pub planned_demand: Vec<PlannedDemand>,
        /// Free-text notes, such as the way to extend the capacity.
        #[field(search)]
        pub notes: Option<Note>,
    }
}

impl Resource for CapacityTarget {
    const PATH: &'static str = "infrastructure/capacity-targets";
    type Table = steward_schema::infrastructure::capacity_targets::table;
    const SCOPE: Scope = Scope::Within("series_id");

    fn sample() -> Self {
        CapacityTarget {
            series_id: Id::sample(),
            name: "Space of the order database".into(),
            capacity: Number(2000.0),
            threshold: Number(1600.0),
            lead_time_days: Whole(45),
            planned_demand: vec![PlannedDemand {
                starts_on: Date::sample("2026-09-01"),
                amount: Number(150.0),
                reason: Some("The orders of the new country.".into()),
            }],
            notes: Some("A further shelf holds 500 GiB.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.capacity.0 > 0.0, "capacity", "range", "Expected more than 0.");
        faults.require(self.threshold.0 <= self.capacity.0, "threshold", "range", "The threshold cannot be more than the capacity.");
    }
}
