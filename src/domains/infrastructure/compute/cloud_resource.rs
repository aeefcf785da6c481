//! Cloud resources: what runs at a provider of public cloud.

use crate::operation::dependents::require_no_dependents;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Note, Text, Title};
use steward_core::resource::{Check, Id, Lifecycle, Move, Resource, Scope, Unique, UnmetGuard};

choice! {
    /// Kind of a cloud resource: the most common service categories of the FinOps specification FOCUS 1.0.
    pub enum CloudKind {
        /// Machines, virtual or not.
        Compute = "compute",
        /// Containers and their orchestration.
        Containers = "containers",
        /// Functions that run when called.
        Functions = "functions",
        /// Databases.
        Databases = "databases",
        /// Storage.
        Storage = "storage",
        /// Networks, balancers, gateways.
        Networking = "networking",
        /// Identity.
        Identity = "identity",
        /// Security.
        Security = "security",
        /// Queues and other integration of systems.
        Integration = "integration",
        /// Analytics.
        Analytics = "analytics",
        /// Machine learning.
        AiAndMachineLearning = "ai_and_machine_learning",
        /// Anything else.
        Other = "other",
    }
}

steward_core::resource! {
    /// Resource that runs at a public cloud provider and is billed by it.
    pub struct CloudResource {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Identifier at the provider, such as an ARN or a resource id; unique.
        #[field(unique, search)]
        pub native_name: Text<1, 500>,
        /// Kind of resource.
        pub kind: CloudKind,
        /// Cloud provider.
        #[field(refers_to(&["vendors/vendors"]))]
        pub provider_id: Option<Id>,
        /// Account, subscription or project to which it is billed.
        #[field(search)]
        pub account: Option<Title>,
        /// Region of the provider, such as eu-west-1.
        pub region: Option<Text<1, 60>>,
        /// Resource class as the provider names it, such as m6i.large.
        pub resource_class: Option<Text<1, 100>>,
        /// Date of launch.
        #[field(happened)]
        pub launched_on: Option<Date>,
        /// Planned date of retirement.
        #[field(deadline)]
        pub planned_retirement_on: Option<Date>,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for CloudResource {
    const PATH: &'static str = "infrastructure/cloud-resources";
    type Table = steward_schema::infrastructure::cloud_resources::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "cloud_resources_native_name_key", fields: &["native_name"] }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→active:activate↔stopped:stop; →retired:retire").given_up(&["retired"]).named("stopped", "active", "resume"))
    }

    fn sample() -> Self {
        CloudResource {
            name: "orders-queue".into(),
            native_name: "arn:aws:sqs:eu-west-1:123456789012:orders".into(),
            kind: CloudKind::Integration,
            provider_id: None,
            account: Some("123456789012".into()),
            region: Some("eu-west-1".into()),
            resource_class: Some("standard queue".into()),
            launched_on: Date::parse("2025-02-10"),
            planned_retirement_on: Date::parse("2030-12-31"),
            description: Some("Holds orders until they are booked.".into()),
        }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        require_no_dependents(step, check)
    }
}
