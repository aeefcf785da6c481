//! Monitors: controls that prove themselves from the organisation's own data.

use serde_json::json;
use std::borrow::Cow;
use steward_core::access::Session;
use steward_core::choice;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::http::fault_for;
use steward_core::resource::value::{Note, Text, Title, Whole};
use steward_core::resource::{Check, Id, Lifecycle, Resource, ResourceType, Scope, ValidationErrors};
use steward_core::store::custom_kinds;

choice! {
    /// Type of assertion about the records that a monitor finds.
    pub enum AssertionKind {
        /// No records.
        None = "none",
        /// Minimum number of records.
        AtLeast = "at_least",
        /// Maximum number of records.
        AtMost = "at_most",
        /// A value in a field of each record.
        FieldIsSet = "field_is_set",
        /// This value in a field of each record.
        FieldEquals = "field_equals",
    }
}

choice! {
    /// Frequency of a monitor.
    pub enum Frequency {
        /// Once an hour.
        Hourly = "hourly",
        /// Once a day.
        Daily = "daily",
        /// Once a week.
        Weekly = "weekly",
        /// Once a month.
        Monthly = "monthly",
        /// Once a quarter.
        Quarterly = "quarterly",
    }
}

steward_core::value! {
    /// Assertion about the records that a monitor finds.
    pub struct Assertion {
        /// Type of assertion.
        pub kind: AssertionKind,
        /// Number of records: the minimum or the maximum.
        pub count: Option<Whole<0, 1_000_000_000>>,
        /// Field under test.
        pub field: Option<Text<1, 100>>,
        /// Value required of the field, as a filter of a list writes it.
        pub value: Option<Text<1, 1000>>,
    }
}

steward_core::resource! {
    /// Recurring query of the organisation's own data, with an assertion about its result. Its runs are evidence once another person has
    /// activated it.
    pub struct Monitor {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Facts that the monitor shows.
        #[field(search)]
        pub description: Option<Note>,
        /// Control that the monitor proves.
        #[field(refers_to(&["governance/controls"]))]
        pub control_id: Id,
        /// Collection that the monitor queries, such as identity/users.
        pub collection: Text<3, 100>,
        /// Filter of the records in the filter language of lists, such as state = "operating" AND test_period_days > 90; or as equalities
        /// of the query of a list, state=operating&kind=preventive, URL-encoded, where a repeated field means any of its values. All
        /// records if it is left out.
        pub filter_expression: Option<Text<1, 2000>>,
        /// Assertion about the records. Where no record is found, only a number can be asserted: anything else is no data.
        pub assertion: Assertion,
        /// Frequency of the runs.
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
        if let Some(detail) = self.fault_of_filter(definition, check)? {
            return Err(Problem::invalid(vec![FieldError::new("/filter_expression", "filter", detail)]).into());
        }
        if self.assertion.field.as_ref().is_some_and(|field| !known(field)) {
            return Err(Problem::invalid(vec![FieldError::new("/assertion/field", "field", "The collection has no such field.")]).into());
        }
        Ok(())
    }
}

impl Monitor {
    /// What is wrong with its filter, if it is neither a list of equalities nor in the filter language of lists, as whoever writes it may use that.
    fn fault_of_filter(&self, definition: &'static ResourceType, check: &mut Check<'_>) -> Result<Option<String>> {
        let Some(text) = &self.filter_expression else { return Ok(None) };
        let is_equality = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
            definition.listed_field(&name).filter(|field| field.is_open()).and_then(|field| field.parse(&value)).is_some()
        };
        if form_urlencoded::parse(text.as_bytes()).all(is_equality) {
            return Ok(None);
        }
        let customs = custom_kinds(check.connection, definition)?;
        let writer = Session::load(check.connection, check.actor)?.unwrap_or_else(Session::system);
        Ok(fault_for(check.definitions, (definition, &customs), &writer, "filter", text))
    }
}
