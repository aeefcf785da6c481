//! Technologies: what is built with, run on, or looked at.

use crate::choice;
use crate::resource::value::{Date, Name, Note, Url};
use crate::resource::{Id, Lifecycle, Resource, Rule, Scope, Unique};

choice! {
    /// What kind of technology it is.
    pub enum TechnologyCategory {
        /// A programming language or framework.
        LanguageOrFramework = "language_or_framework",
        /// Something that others are built or run on.
        Platform = "platform",
        /// Something to work with.
        Tool = "tool",
        /// A way of working.
        Technique = "technique",
        /// Something that keeps or moves data.
        Data = "data",
        /// Hardware, networks and what runs machines.
        Infrastructure = "infrastructure",
        /// Something that protects.
        Security = "security",
        /// Anything else.
        Other = "other",
    }
}

crate::resource! {
    /// A technology that the organisation uses, looks at or leaves.
    pub struct Technology {
        /// Name as people know it, unique.
        #[field(unique, search)]
        pub name: Name,
        /// What it is, and what it is used for here.
        #[field(search)]
        pub description: Option<Note>,
        /// What kind of technology it is.
        pub category: TechnologyCategory,
        /// Who makes or sells it.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// The software that is installed of it: what is in use can be counted by that.
        #[field(refers_to(&["infrastructure/software-products"]))]
        pub software_product_id: Option<Id>,
        /// The last day on which its vendor supports it.
        #[field(deadline)]
        pub vendor_end_of_life_on: Option<Date>,
        /// The last day on which it is to be used here.
        #[field(deadline)]
        pub own_end_of_life_on: Option<Date>,
        /// The technology that takes its place. Successors have no circles.
        #[field(refers_to(&["strategy/technologies"]))]
        pub successor_id: Option<Id>,
        /// Its site on the web.
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
