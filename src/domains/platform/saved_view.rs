//! Saved views: lists that people keep, for themselves or for others.

use steward_core::error::{FieldError, Problem, Result};
use steward_core::http;
use steward_core::resource::value::{Text, Title};
use steward_core::resource::{Check, Id, Resource, Scope, Sharing};
use steward_core::store::custom_kinds;

steward_core::value! {
    /// Query of a list: each member is the text of the query parameter with its name.
    pub struct SavedQuery {
        /// Comparisons of fields.
        pub filter: Option<Text<1, 2048>>,
        /// Words of full text.
        pub q: Option<Text<1, 1000>>,
        /// Fields to sort by.
        pub sort: Option<Text<1, 500>>,
        /// Fields to show.
        pub fields: Option<Text<1, 4000>>,
        /// References whose records are shown too.
        pub expand: Option<Text<1, 1000>>,
        /// Fields by whose values the records are counted.
        pub facets: Option<Text<1, 1000>>,
    }
}

steward_core::resource! {
    /// Saved list of a collection: its filter, order and fields. It is private unless it is shared with a unit or a role. A shared view is
    /// changed and deleted by its maker only, and shows to everybody what they may read themselves.
    pub struct SavedView {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Collection of the list, as domain/collection.
        #[field(fixed)]
        pub collection: Text<3, 100>,
        /// Query of the list. It is checked against the collection when it is saved.
        pub query: SavedQuery,
        /// Unit with which it is shared: visible to holders of a role in the unit, below it or above it.
        #[field(refers_to(&["teams/units"]))]
        pub shared_unit_id: Option<Id>,
        /// Role with which it is shared: visible to holders of the role.
        #[field(refers_to(&["identity/roles"]))]
        pub shared_role_id: Option<Id>,
    }
}

impl Resource for SavedView {
    const PATH: &'static str = "platform/saved-views";
    type Table = steward_schema::platform::saved_views::table;
    const SCOPE: Scope = Scope::Own;
    const SHARING: Option<Sharing> = Some(Sharing { unit: "shared_unit_id", role: "shared_role_id" });

    fn sample() -> Self {
        let query = SavedQuery {
            filter: Some("state = \"active\" AND name : \"a\"".into()),
            q: None,
            sort: Some("-updated_at".into()),
            fields: Some("id,name,state".into()),
            expand: None,
            facets: Some("state".into()),
        };
        SavedView { name: "Active people".into(), collection: "teams/people".into(), query, shared_unit_id: None, shared_role_id: None }
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(definition) = check.definitions.get(&self.collection) else {
            let detail = "There is no such collection. Write domain/collection, such as vendors/contracts.";
            return Err(Problem::invalid(vec![FieldError::new("/collection", "collection", detail)]).into());
        };
        let query = &self.query;
        let members = [
            ("filter", query.filter.as_deref()),
            ("q", query.q.as_deref()),
            ("sort", query.sort.as_deref()),
            ("fields", query.fields.as_deref()),
            ("expand", query.expand.as_deref()),
            ("facets", query.facets.as_deref()),
        ];
        let customs = custom_kinds(check.connection, definition)?;
        let broken: Vec<FieldError> = members
            .into_iter()
            .filter_map(|(name, text)| {
                let detail = http::fault_of_list(check.definitions, (definition, &customs), name, text?)?;
                Some(FieldError::new(format!("/query/{name}"), "query", detail))
            })
            .collect();
        if broken.is_empty() { Ok(()) } else { Err(Problem::invalid(broken).into()) }
    }
}
