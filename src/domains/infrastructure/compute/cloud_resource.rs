//! Cloud resources: what runs at a provider of public cloud.

use crate::choice;
use crate::domains::infrastructure::operation::dependents::require_no_dependents;
use crate::error::Result;
use crate::resource::value::{Date, Note, Text, Title};
use crate::resource::{Check, Id, Lifecycle, Move, Resource, Scope, Unique, UnmetGuard};

choice! {
    /// What a cloud resource is: the service categories of the FinOps specification FOCUS 1.0, the commonest.
    pub enum CloudKind {
        /// Machines, virtual or not.
        Compute = "compute",
        /// Containers and what runs them.
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
        /// Queues and other ways to join systems.
        Integration = "integration",
        /// Analytics.
        Analytics = "analytics",
        /// Machine learning.
        AiAndMachineLearning = "ai_and_machine_learning",
        /// Anything else.
        Other = "other",
    }
}

crate::resource! {
    /// Something that runs at a provider of public cloud and is paid there.
    pub struct CloudResource {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// The identifier by which the provider knows it, such as an ARN or a resource id; unique.
        #[field(unique, search)]
        pub native_name: Text<1, 500>,
        /// What it is.
        pub kind: CloudKind,
        /// Who provides it.
        #[field(refers_to(&["vendors/vendors"]))]
        pub provider_id: Option<Id>,
        /// The account, subscription or project that it is paid from.
        #[field(search)]
        pub account: Option<Title>,
        /// The provider's region, such as eu-west-1.
        pub region: Option<Text<1, 60>>,
        /// The provider's name for what it is, such as m6i.large.
        pub resource_class: Option<Text<1, 100>>,
        /// The day on which it was made.
        #[field(happened)]
        pub launched_on: Option<Date>,
        /// The day on which it is to be retired.
        #[field(deadline)]
        pub planned_retirement_on: Option<Date>,
        /// What one should know of it.
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
