//! Frameworks: the standards, laws and catalogues that the organisation is measured against.

use super::succession;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::{Note, Text, Title};
use steward_core::resource::{Check, Effect, Id, Lifecycle, Move, Resource, Rule, Scope, Unique};
use steward_schema::governance::frameworks;

steward_core::resource! {
    /// A standard, law or catalogue of requirements. Once published it does not change: a new version is a new framework,
    /// which supersedes the one that it replaces (`supersedes_id`) when it is published.
    pub struct Framework {
        /// Title as its publisher gives it.
        #[field(search)]
        pub name: Text<1, 500>,
        /// Version as its publisher gives it; name and version together are unique, regardless of case.
        pub version: Text<1, 100>,
        /// Publisher of the framework.
        #[field(search)]
        pub publisher: Option<Title>,
        /// Source of the framework, such as the identifier of the imported document.
        pub source: Option<Text<1, 2000>>,
        /// Description of the framework.
        #[field(search)]
        pub description: Option<Note>,
        /// Version to be replaced. The versions are acyclic.
        #[field(refers_to(&["governance/frameworks"]))]
        pub supersedes_id: Option<Id>,
    }
}

impl Resource for Framework {
    const PATH: &'static str = "governance/frameworks";
    type Table = steward_schema::governance::frameworks::table;
    const SCOPE: Scope = Scope::Shared;
    const UNIQUE: &'static [Unique] = &[Unique { index: "frameworks_name_key", fields: &["name", "version"] }];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const RULES: &'static [Rule] = &[Rule::Tree("supersedes_id"), Rule::Unlike(&["name", "version"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→published:publish→superseded:supersede"))
    }

    fn sample() -> Self {
        Framework {
            name: "House rules for information security".into(),
            version: "2026.1".into(),
            publisher: Some("Example organisation".into()),
            source: None,
            description: Some("What every team keeps to.".into()),
            supersedes_id: None,
        }
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let Some(replaced) = self.supersedes_id.filter(|_| step.to == "published") else { return Ok(Vec::new()) };
        let published = frameworks::table.find(replaced).filter(frameworks::state.eq("published"));
        let published: Option<Id> = published.select(frameworks::id).first(check.connection).optional()?;
        let mut effects = succession::carried(check, check.id, replaced)?;
        effects.extend(published.map(|id| Effect::transition::<Framework>(id, "superseded")));
        Ok(effects)
    }
}
