//! Mappings: how a requirement of one framework relates to one of another.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Note, Whole};
use steward_core::resource::{Check, Id, Lifecycle, Lock, Resource, Scope, Unique};
use steward_schema::governance::mappings;

choice! {
    /// Relationship of the first requirement to the second (set theory relationships of NIST IR 8477).
    pub enum Relationship {
        /// Both ask for the same.
        Equal = "equal",
        /// The first asks for a part of what the second asks for.
        Subset = "subset",
        /// The first asks for all that the second asks for, and more.
        Superset = "superset",
        /// Both have something in common, and each asks for more.
        Intersects = "intersects",
        /// Both have nothing in common.
        NoRelationship = "no_relationship",
    }
}

choice! {
    /// Basis of the comparison of two requirements (rationale of NIST IR 8477).
    pub enum Basis {
        /// Wording of the requirements.
        Syntactic = "syntactic",
        /// Meaning of the requirements.
        Semantic = "semantic",
        /// Result of following the requirements.
        Functional = "functional",
    }
}

steward_core::resource! {
    /// Relationship of a requirement to another. Read backwards, subset and superset swap: one mapping serves both directions.
    pub struct Mapping {
        /// First requirement; one mapping for each pair.
        #[field(refers_to(&["governance/requirements"]), unique, fixed)]
        pub from_requirement_id: Id,
        /// Second requirement.
        #[field(refers_to(&["governance/requirements"]), fixed, differs_from("from_requirement_id"))]
        pub to_requirement_id: Id,
        /// Relationship of the first requirement to the second.
        pub relationship: Relationship,
        /// Strength of the relationship, from 1 (hardly) to 10 (wholly).
        pub strength: Whole<1, 10>,
        /// Basis of the comparison.
        #[field(default(|| json!("semantic")))]
        pub basis: Basis,
        /// Rationale of the relationship.
        #[field(search)]
        pub rationale: Option<Note>,
        /// Provenance of the mapping: its publisher or author, and the place where it can be read.
        #[field(search)]
        pub provenance: Note,
    }
}

impl Resource for Mapping {
    const PATH: &'static str = "governance/mappings";
    type Table = steward_schema::governance::mappings::table;
    const SCOPE: Scope = Scope::Shared;
    const JOINS: bool = true;
    const TITLE: &'static str = "relationship";
    const UNIQUE: &'static [Unique] = &[Unique { index: "mappings_pair_key", fields: &["from_requirement_id", "to_requirement_id"] }];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→reviewed:review→published:publish").approving(&["review"]))
    }

    fn joins(&self) -> Option<(Id, Id)> {
        Some((self.from_requirement_id, self.to_requirement_id))
    }

    fn sample() -> Self {
        Mapping {
            from_requirement_id: Id::sample(),
            to_requirement_id: Id::sample(),
            relationship: Relationship::Subset,
            strength: Whole(8),
            basis: Basis::Semantic,
            rationale: Some("Both ask that accounts are reviewed; the second also says how often.".into()),
            provenance: "NIST OLIR catalogue, SP 800-53 Rev. 5 to ISO/IEC 27001:2022".into(),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        let (one, other) = (self.from_requirement_id.min(self.to_requirement_id), self.from_requirement_id.max(self.to_requirement_id));
        vec![Lock::Named(format!("mappings {one} {other}"))]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let reverse = mappings::from_requirement_id.eq(self.to_requirement_id).and(mappings::to_requirement_id.eq(self.from_requirement_id));
        if select(exists(mappings::table.filter(reverse))).get_result(check.connection)? {
            let detail = "These two are mapped the other way round already. Read that mapping backwards.";
            return Err(Problem::conflict("/to_requirement_id", "duplicate", detail).into());
        }
        Ok(())
    }
}
