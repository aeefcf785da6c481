//! Technologies: what is built with, run on, or looked at.

use steward_core::choice;
use steward_core::resource::value::{Date, Name, Note, Url};
use steward_core::resource::{Id, Lifecycle, Resource, Rule, Scope, Unique};

choice! {
    /// Category of a technology.
    pub enum TechnologyCategory {
        /// Programming language or framework.
        LanguageOrFramework = "language_or_framework",
        /// Platform on which others are built or run.
        Platform = "platform",
        /// Tool to work with.
        Tool = "tool",
        /// Technique: a way of working.
        Technique = "technique",
        /// Storage or transport of data.
        Data = "data",
        /// Hardware, networks and the hosting of machines.
        Infrastructure = "infrastructure",
        /// Protection of systems and data.
        Security = "security",
        /// Other technology.
        Other = "other",
    }
}

steward_core::resource! {
    /// Technology in use, under evaluation or in retirement.
    pub struct Technology {
        /// Name of the technology, unique.
        #[field(unique, search)]
        pub name: Name,
        /// Description of the technology and its use in the organisation.
        #[field(search)]
        pub description: Option<Note>,
        /// Category of the technology.
        pub category: TechnologyCategory,
        /// Manufacturer or supplier.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// Installed software product, by which the use of the technology can be counted.
        #[field(refers_to(&["infrastructure/software-products"]))]
        pub software_product_id: Option<Id>,
        /// Last day of vendor support.
        #[field(deadline)]
        pub vendor_end_of_life_on: Option<Date>,
        /// Last day of intended use in the organisation.
        #[field(deadline)]
        pub own_end_of_life_on: Option<Date>,
        /// Successor of the technology. Successors are acyclic.
        #[field(refers_to(&["strategy/technologies"]))]
        pub successor_id: Option<Id>,
        /// Website of the technology.
        pub website: Option<Url>,
    }
}

impl Resource for Technology {
    const PATH: &'static str = "strategy/technologies";
    type Table = steward_schema::strategy::technologies::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "technologies_name_key", fields: &["name"] }];
    const RULES: &'static [Rule] = &[Rule::Tree("successor_id")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("candidate→in_use:put_in_use→retiring:start_retiring→retired:retire"))
    }

    fn sample() -> Self {
        Technology {
            name: "PostgreSQL".into(),
            description: Some("Database of all new services.".into()),
            category: TechnologyCategory::Data,
            vendor_id: None,
            software_product_id: None,
            vendor_end_of_life_on: Date::parse("2030-11-14"),
            own_end_of_life_on: Date::parse("2030-06-30"),
            successor_id: None,
            website: Some(Url("https://www.postgresql.org".to_owned())),
        }
    }
}
