//! Services: what the infrastructure does for the organisation.

use crate::choice;
use crate::error::Result;
use crate::resource::value::{Code, Note, Title, Whole};
use crate::resource::{Check, Lifecycle, Move, Resource, Scope, Unique, UnmetGuard};
use serde_json::json;

choice! {
    /// Whom a service serves.
    pub enum ServiceKind {
        /// The organisation's customers and its own work.
        Business = "business",
        /// People who use software.
        Application = "application",
        /// Other services.
        Technical = "technical",
    }
}

choice! {
    /// Where a service runs.
    pub enum Hosting {
        /// In the organisation's own sites.
        OnPremises = "on_premises",
        /// In a cloud of its own.
        PrivateCloud = "private_cloud",
        /// In a provider's cloud.
        PublicCloud = "public_cloud",
        /// As a provider's finished service.
        Saas = "saas",
        /// In several of these.
        Hybrid = "hybrid",
    }
}

choice! {
    /// What is to become of a service: the quadrants of Gartner's TIME model.
    pub enum Disposition {
        /// Left as it is.
        Tolerate = "tolerate",
        /// Built further.
        Invest = "invest",
        /// Moved to another platform.
        Migrate = "migrate",
        /// Ended.
        Eliminate = "eliminate",
    }
}

crate::resource! {
    /// What the infrastructure does for somebody, and what its loss is judged by.
    pub struct Service {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// What it does, and for whom.
        #[field(search)]
        pub description: Option<Note>,
        /// Whom it serves.
        pub kind: ServiceKind,
        /// How much hangs on it: 1 stops the organisation, 4 can wait.
        #[field(default(|| json!(3)))]
        pub criticality_tier: Whole<1, 4>,
        /// Where it runs.
        pub hosting: Option<Hosting>,
        /// How many people use it.
        pub user_count: Option<Whole<0, 1_000_000_000>>,
        /// What is to become of it.
        pub disposition: Option<Disposition>,
    }
}

impl Resource for Service {
    const PATH: &'static str = "infrastructure/services";
    type Table = steward_schema::infrastructure::services::table;
    const SCOPE: Scope = Scope::Unit;
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
        }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        super::dependents::require_no_dependents(step, check)
    }
}
