//! Services: what the infrastructure does for the organisation.

use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Code, Money, Note, Title, Whole};
use steward_core::resource::{Check, Id, Lifecycle, Move, Own, Resource, Scope, Unique, UnmetGuard, ValidationErrors};

choice! {
    /// Kind of a service by its users.
    pub enum ServiceKind {
        /// For the organisation's customers and its own work.
        Business = "business",
        /// For people who use software.
        Application = "application",
        /// For other services.
        Technical = "technical",
    }
}

choice! {
    /// Hosting of a service.
    pub enum Hosting {
        /// In the organisation's own sites.
        OnPremises = "on_premises",
        /// In a cloud of its own.
        PrivateCloud = "private_cloud",
        /// In a provider's cloud.
        PublicCloud = "public_cloud",
        /// As a provider's software as a service.
        Saas = "saas",
        /// As a mix of these.
        Hybrid = "hybrid",
    }
}

choice! {
    /// Disposition of a service: the quadrants of Gartner's TIME model.
    pub enum Disposition {
        /// Kept as it is.
        Tolerate = "tolerate",
        /// Developed further.
        Invest = "invest",
        /// Moved to another platform.
        Migrate = "migrate",
        /// Retired from use.
        Eliminate = "eliminate",
    }
}

steward_core::value! {
    /// Agreed time to restore a service.
    pub struct ResolutionTarget {
        /// Priority of the incident, 1 (first) to 5 (last).
        pub priority: Whole<1, 5>,
        /// Minutes of service hours from the detection.
        pub minutes: Whole<1, 1_000_000>,
    }
}

steward_core::resource! {
    /// Service that the infrastructure provides; the loss of nodes is evaluated by the services that they carry.
    pub struct Service {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Purpose of the service and its users.
        #[field(search)]
        pub description: Option<Note>,
        /// Kind of service by its users.
        pub kind: ServiceKind,
        /// Criticality tier: 1 stops the organisation, 4 can wait.
        #[field(default(|| json!(3)))]
        pub criticality_tier: Whole<1, 4>,
        /// Hosting of the service.
        pub hosting: Option<Hosting>,
        /// Number of users.
        pub user_count: Option<Whole<0, 1_000_000_000>>,
        /// Planned disposition.
        pub disposition: Option<Disposition>,
        /// Cost of an hour of downtime, such as lost sales and idle work; not negative.
        pub downtime_cost_per_hour: Option<Money>,
        /// Calendar of its service hours: the agreed days and their hours. Around the clock if left out.
        #[field(refers_to(&["platform/calendars"]))]
        pub calendar_id: Option<Id>,
        /// Minute of the day at which its service hours begin, in the time zone of the calendar; 480 is 08:00.
        #[field(default(|| json!(0)))]
        pub opens_at_minute: Whole<0, 1439>,
        /// Agreed times to restore it, by the priority of the incident, each priority once.
        #[field(default(|| json!([])))]
        pub resolution_targets: Vec<ResolutionTarget>,
    }
}

impl Resource for Service {
    const PATH: &'static str = "infrastructure/services";
    type Table = steward_schema::infrastructure::services::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[Own::behind("security/access-reviews", "service_id")];
    const UNIQUE: &'static [Unique] = &[Unique { index: "services_code_key", fields: &["code"] }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→live:go_live→retiring:start_retiring→retired:retire"))
    }

    fn sample() -> Self {
        Service {
            code: "ORDERS".into(),
            name: "Order management".into(),
            description: Some("Takes the orders of customers and follows them to delivery.".into()),
            kind: ServiceKind::Business,
            criticality_tier: Whole(1),
            hosting: Some(Hosting::OnPremises),
            user_count: Some(Whole(240)),
            disposition: Some(Disposition::Invest),
            downtime_cost_per_hour: Some(Money::sample("4800.00", "EUR")),
            calendar_id: None,
            opens_at_minute: Whole(480),
            resolution_targets: vec![ResolutionTarget { priority: Whole(1), minutes: Whole(240) }],
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let costs = self.downtime_cost_per_hour.is_none_or(|cost| cost.minor >= 0);
        let mut priorities: Vec<i64> = self.resolution_targets.iter().map(|target| target.priority.0).collect();
        priorities.sort_unstable();
        priorities.dedup();
        faults.require(priorities.len() == self.resolution_targets.len(), "resolution_targets", "duplicate", "Name each priority once.");
        faults.require(costs, "downtime_cost_per_hour", "range", "The cost of downtime is not negative. Leave it out where it is not known.");
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        super::dependents::require_no_dependents(step, check)
    }
}
