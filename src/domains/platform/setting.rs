//! Settings: one record that holds for the whole service.

use serde_json::json;
use steward_core::resource::value::{Currency, Number, Percent, Text, Title};
use steward_core::resource::{Id, Operations, Own, Resource, Scope, ValidationErrors};

steward_core::resource! {
    /// Settings of the service. There is exactly one record, created at the first start.
    pub struct Setting {
        /// Name of the organisation.
        pub name: Title,
        /// Currency in which totals over several currencies are given.
        #[field(default(|| json!("EUR")))]
        pub base_currency: Currency,
        /// Time zone of the working day, by its name in the IANA database, such as `Europe/Amsterdam`.
        #[field(default(|| json!("UTC")))]
        pub time_zone: Text<1, 64>,
        /// Default calendar of people without one of their own; without it Monday to Friday, eight hours.
        #[field(refers_to(&["platform/calendars"]))]
        pub calendar_id: Option<Id>,
        /// Share of people's time for other work than projects, in percent: it is no capacity.
        #[field(default(|| json!(0)))]
        pub non_project_percent: Percent,
        /// Percentage by which hard allocations may pass a person's time.
        #[field(default(|| json!(10)))]
        pub allocation_tolerance_percent: Percent,
    }
}

impl Resource for Setting {
    const PATH: &'static str = "platform/settings";
    type Table = steward_schema::platform::settings::table;
    const SCOPE: Scope = Scope::Shared;
    const OWN: &'static [Own] = &[Own::everybody()];
    const OPERATIONS: Operations = Operations::UPDATE;

    fn sample() -> Self {
        Setting {
            name: "Example organisation".into(),
            base_currency: Currency::sample("EUR"),
            time_zone: "UTC".into(),
            calendar_id: None,
            non_project_percent: Number(20.0),
            allocation_tolerance_percent: Number(10.0),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let known = self.time_zone.parse::<chrono_tz::Tz>().is_ok();
        faults.require(known, "time_zone", "time_zone", "Expected a time zone of the IANA database, such as Europe/Amsterdam.");
    }
}
