//! Monitors: controls that prove themselves from the organisation's own data.

use crate::choice;
use crate::error::{FieldError, Problem, Result};
use crate::resource::value::{Note, Text, Title, Whole};
use crate::resource::{Check, Id, Lifecycle, Resource, Scope, ValidationErrors};
use serde_json::json;

choice! {
    /// What a monitor asserts of the records that it finds.
    pub enum AssertionKind {
        /// There are none.
        None = "none",
        /// There are at least so many.
        AtLeast = "at_least",
        /// There are at most so many.
        AtMost = "at_most",
        /// Each has a value in a field.
        FieldIsSet = "field_is_set",
        /// Each has this value in a field.
        FieldEquals = "field_equals",
    }
}

choice! {
    /// How often a monitor runs.
    pub enum Frequency {
        /// Every hour.
        Hourly = "hourly",
        /// Every day.
        Daily = "daily",
        /// Every week.
        Weekly = "weekly",
        /// Every month.
        Monthly = "monthly",
        /// Every quarter of a year.
        Quarterly = "quarterly",
    }
}

crate::value! {
    /// What must hold of the records that a monitor finds.
    pub struct Assertion {
        /// What is asserted.
        pub kind: AssertionKind,
        /// How many records there must be at least, or may be at most.
        pub count: Option<Whole<0, 1_000_000_000>>,
        /// The field that is looked at.
        pub field: Option<Text<1, 100>>,
        /// The value that it must have, as a filter of a list writes it.
        pub value: Option<Text<1, 1000>>,
    }
}

crate::resource! {
    /// A question that is asked of the organisation's own data again and again, and what its answer must be. Its runs are
    /// evidence once another person has activated it.
    pub struct Monitor {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// What it shows.
        #[field(search)]
        pub description: Option<Note>,
        /// The control that it proves.
        #[field(refers_to(&["governance/controls"]))]
        pub control_id: Id,
        /// The collection that it looks at, such as identity/users.
        pub collection: Text<3, 100>,
        /// Which of its records, as equalities of the query of a list: state=operating&kind=preventive, URL-encoded; a field that is
        /// repeated means any of its values. All, if it is left out.
        pub filter_expression: Option<Text<1, 2000>>,
        /// What must hold of them. Where no record is found, only a number can be asserted: anything else is no data.
        pub assertion: Assertion,
        /// How often it runs.
        #[field(default(|| json!("daily")))]
        pub schedule: Frequency,
    }
}

impl Resource for Monitor {
    const PATH: &'static str = "governance/monitors";
    type Table = steward_schema::governance::monitors::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["control_id"];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→active:activate↔paused:pause→retired:retire").named("paused", "active", "resume").approving(&["activate"]))
    }

    fn sample() -> Self {
        Monitor {
            name: "Every control has an owner".into(),
            description: Some("A control that nobody answers for is not kept up.".into()),
            control_id: Id::sample(),
            collection: "governance/controls".into(),
            filter_expression: Some("state=operating".into()),
            assertion: Assertion { kind: AssertionKind::FieldIsSet, count: None, field: Some("owner_id".into()), value: None },
            schedule: Frequency::Weekly,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let Assertion { kind, count, field, value } = &self.assertion;
        let counts = matches!(kind, AssertionKind::AtLeast | AssertionKind::AtMost);
        let looks = matches!(kind, AssertionKind::FieldIsSet | AssertionKind::FieldEquals);
        faults.within("assertion", |faults| {
            faults.require(count.is_some() == counts, "count", "kind", "at_least and at_most need a count, and the others have none.");
            faults.require(field.is_some() == looks, "field", "kind", "field_is_set and field_equals need a field, and the others have none.");
            let compares = *kind == AssertionKind::FieldEquals;
            faults.require(value.is_some() == compares, "value", "kind", "field_equals needs a value, and the others have none.");
        });
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(definition) = check.definitions.get(&self.collection) else {
            let detail = "There is no such collection. Write it as domain/collection, such as identity/users.";
            return Err(Problem::invalid(vec![FieldError::new("/collection", "collection", detail)]).into());
        };
        let known = |name: &str| definition.field(name).is_some_and(|field| field.is_open()) || definition.server_fields().contains(&name);
        for (name, value) in self.filter_expression.iter().flat_map(|text| form_urlencoded::parse(text.as_bytes())) {
            let field = definition.listed_field(&name).filter(|field| field.is_open());
            if field.and_then(|field| field.parse(&value)).is_none() {
                let detail = format!("{name}={value} is no equality of a filterable field of {}.", self.collection.0);
                return Err(Problem::invalid(vec![FieldError::new("/filter_expression", "filter", detail)]).into());
            }
        }
        if self.assertion.field.as_ref().is_some_and(|field| !known(field)) {
            return Err(Problem::invalid(vec![FieldError::new("/assertion/field", "field", "The collection has no such field.")]).into());
        }
        Ok(())
    }
}
