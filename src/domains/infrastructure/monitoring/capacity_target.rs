//! Capacity targets: how much there is, and how full it may get.

use crate::resource::value::{Date, Note, Number, Title, Whole};
use crate::resource::{Id, Resource, Scope, ValidationErrors};
use serde_json::json;

crate::value! {
    /// Demand that is known beforehand and does not show in the samples yet.
    pub struct PlannedDemand {
        /// From this day on.
        pub starts_on: Date,
        /// How much more is needed, in what the series is measured in; less if it is negative.
        pub amount: Number<-1_000_000_000_000_000, 1_000_000_000_000_000>,
        /// What needs it.
        pub reason: Option<Title>,
    }
}

crate::resource! {
    /// A limit for a series: how much there is, and from when on more must be had. Growth is fitted over its samples.
    pub struct CapacityTarget {
        /// The series of what is used.
        #[field(refers_to(&["infrastructure/metric-series"]), fixed)]
        pub series_id: Id,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// How much there is, in what the series is measured in; more than 0.
        pub capacity: Number<0, 1_000_000_000_000_000>,
        /// From how much on more must be had, in the same; at most the capacity.
        pub threshold: Number<0, 1_000_000_000_000_000>,
        /// How many days it takes to have more: when to order is so many days before the threshold is met.
        #[field(default(|| json!(0)))]
        pub lead_time_days: Whole<0, 3650>,
        /// Demand that is known beforehand, by day.
        #[field(default(|| json!([])))]
        pub planned_demand: Vec<PlannedDemand>,
        /// What one should know of it, such as how more is had.
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
