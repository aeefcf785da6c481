//! Requirements: what a framework asks for, in the tree that its publisher gave it.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use std::collections::HashMap;
use steward_core::database::Closure;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Name, Number, Text, object, of_type};
use steward_core::resource::{Check, Id, Lock, PartOf, Resource, Scope, Unique};
use steward_schema::governance::requirements;
use utoipa::openapi::schema::{ArrayBuilder, Schema, Type};
use utoipa::openapi::{Ref, RefOr};

/// Prose of a requirement.
pub type Prose = Text<1, 100_000>;

steward_core::resource! {
    /// Requirement of a framework, or a group of requirements. It can be changed while the framework is a draft.
    pub struct Requirement {
        /// Framework of which the requirement is a part.
        #[field(refers_to(&["governance/frameworks"]))]
        pub framework_id: Id,
        /// Parent requirement or group, in the same framework.
        #[field(refers_to(&["governance/requirements"]))]
        pub parent_id: Option<Id>,
        /// Code as the publisher gives it, such as AC-2; unique in the framework, whatever its case.
        #[field(unique, search)]
        pub code: Name,
        /// Title as the publisher gives it.
        #[field(search)]
        pub title: Text<1, 500>,
        /// Text of the requirement.
        #[field(search)]
        pub text: Option<Prose>,
        /// Guidance on the requirement.
        #[field(search)]
        pub guidance: Option<Prose>,
        /// Items of the requirement, as the publisher lists them.
        #[field(default(|| json!([])))]
        pub parts: Vec<RequirementPart>,
        /// True if the requirement is assessed itself; groups and withdrawn requirements are not.
        #[field(default(|| json!(true)))]
        pub assessable: bool,
        /// Weight among the siblings in the average of compliance.
        #[field(default(|| json!(1)))]
        pub weight: Number<0, 1000>,
        /// Requirement of the superseded framework that this one continues: when the framework is published, this one takes over its controls,
        /// unless it has some of its own, its statements of applicability, and its mappings as drafts.
        #[field(refers_to(&["governance/requirements"]))]
        pub predecessor_id: Option<Id>,
    }
}

steward_core::model! {
    /// An item of a requirement, which may have items of its own.
    pub struct RequirementPart {
        /// Label of the item, such as a. or 1.
        pub label: Option<Text<1, 100>>,
        /// Text of the item.
        pub text: Option<Prose>,
        /// Nested items.
        #[field(default(|| json!([])))]
        pub parts: Vec<RequirementPart>,
    }
}

steward_core::value_of! { RequirementPart, Schema::from(utoipa::openapi::schema::AllOfBuilder::new().item(RefOr::<Schema>::Ref(Ref::from_schema_name("RequirementPart")))) }

/// The schema of an item, which names itself.
pub fn part_schema() -> Schema {
    let text = |description: &str| {
        of_type(Type::String).schema_type(utoipa::openapi::schema::SchemaType::from_iter([Type::String, Type::Null])).description(Some(description))
    };
    object()
        .description(Some("An item of a requirement, which may have items of its own."))
        .property("label", text("Label of the item, such as a. or 1.").min_length(Some(1)).max_length(Some(100)))
        .property("text", text("Text of the item.").min_length(Some(1)).max_length(Some(100_000)))
        .property("parts", ArrayBuilder::new().items(RefOr::<Schema>::Ref(Ref::from_schema_name("RequirementPart"))).description(Some("Nested items.")))
        .additional_properties(Some(utoipa::openapi::schema::AdditionalProperties::FreeForm(false)))
        .into()
}

impl Resource for Requirement {
    const PATH: &'static str = "governance/requirements";
    type Table = steward_schema::governance::requirements::table;
    const SCOPE: Scope = Scope::Within("framework_id");
    const TITLE: &'static str = "title";
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("framework_id", &["draft"]));
    const UNIQUE: &'static [Unique] = &[Unique { index: "requirements_code_key", fields: &["framework_id", "code"] }];

    fn sample() -> Self {
        Requirement {
            framework_id: Id::sample(),
            parent_id: None,
            code: "HR-1".into(),
            title: "Accounts have an owner".into(),
            text: Some("Every account has a named person who answers for it.".into()),
            guidance: None,
            parts: vec![RequirementPart {
                label: Some("a.".into()),
                text: Some("Accounts without an owner are closed within a month.".into()),
                parts: Vec::new(),
            }],
            assessable: true,
            weight: Number(1.0),
            predecessor_id: None,
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.framework_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(parent) = self.parent_id else { return Ok(()) };
        // A new requirement cannot be above anything yet.
        if check.before.is_some() {
            let above = Closure::from_id(parent).along(requirements::table.select((requirements::id, requirements::parent_id)));
            if above.reaches(check.id).get_result(check.connection)? {
                return Err(Problem::conflict("/parent_id", "circle", "That would make it its own ancestor. Choose another parent.").into());
            }
        }
        let same = requirements::table.find(parent).filter(requirements::framework_id.eq(self.framework_id));
        if select(exists(same)).get_result(check.connection)? {
            Ok(())
        } else {
            Err(Problem::conflict("/parent_id", "other_framework", "The parent belongs to another framework. Choose one of the same framework.").into())
        }
    }
}

/// The topmost requirement above each one, from each with its parent; the walk is bounded by their number.
pub fn top_of_each(requirements: impl Iterator<Item = (Id, Option<Id>)>) -> HashMap<Id, Id> {
    let parents: HashMap<Id, Option<Id>> = requirements.collect();
    let mut tops: HashMap<Id, Id> = HashMap::new();
    for id in parents.keys() {
        let (mut at, mut path) = (*id, Vec::new());
        let top = loop {
            if let Some(known) = tops.get(&at) {
                break *known;
            }
            path.push(at);
            match parents.get(&at).copied().flatten() {
                Some(parent) if path.len() <= parents.len() => at = parent,
                _ => break at,
            }
        };
        tops.extend(path.into_iter().map(|each| (each, top)));
    }
    tops
}
