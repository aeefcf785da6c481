//! Custom fields: what an organisation has defined for a collection, checked wherever a record is written.

use super::defined_field::CustomField;
use super::writer::Writer;
use crate::database::{Connection, SqlValue, Statement};
use crate::error::{Problem, Result};
use crate::resource::value::{Custom, Date, folded, tidy};
use crate::resource::{FieldType, Id, ResourceType, ValidationErrors};
use crate::store::index::{edge, reference, registry};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as Diesel};
use regex_lite::Regex;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use steward_schema::platform::custom_fields;
use steward_schema::service::custom_values;

/// What the custom values of a record mean beside themselves.
#[derive(Default)]
pub struct Customs {
    /// True if the collection has custom fields at all.
    any: bool,
    /// The values that must differ between records: the field and the folded value.
    unique: Vec<(String, Id, String)>,
    /// The records that the values refer to, by the code of the field.
    references: Vec<(String, Id)>,
}

impl Writer<'_> {
    /// Takes the custom values out of a record's members and judges them.
    pub(in crate::store) fn customs(
        &mut self,
        definition: &'static ResourceType,
        members: &mut Map<String, Value>,
        faults: &mut ValidationErrors,
    ) -> Result<(Option<Custom>, Customs)> {
        let sent = members.shift_remove("custom");
        if definition.beside.is_empty() {
            sent.into_iter().for_each(|value| drop(members.insert("custom".into(), value)));
            return Ok((None, Customs::default()));
        }
        let read = sent.filter(|value| !value.is_null()).map(|value| faults.within("custom", |faults| Custom::read(value, faults)));
        let mut values = match read {
            Some(None) => return Ok((None, Customs::default())),
            Some(Some(custom)) => custom.0,
            None => Map::new(),
        };
        let fields = self.custom_fields(definition)?;
        for field in fields.iter().filter(|field| field.kind == "text") {
            if let Some(Value::String(text)) = values.get_mut(&field.code) {
                *text = tidy(std::mem::take(text));
            }
        }
        let mut customs = Customs { any: !fields.is_empty(), ..Customs::default() };
        for code in values.keys().filter(|code| !fields.iter().any(|field| field.code == **code)) {
            faults.within("custom", |faults| faults.at(code, "unknown", "There is no such custom field for this collection. Remove it, or define it first."));
        }
        for field in fields.iter() {
            match values.get(&field.code) {
                None => faults.require(!field.required, "custom", "required", &format!("The custom field {} is required.", field.code)),
                Some(value) => {
                    faults.within("custom", |faults| faults.within(&field.code, |faults| field.judge(value, faults)));
                    customs.note(field, value);
                }
            }
        }
        self.judge_references(&fields, &customs, faults)?;
        Ok(((!values.is_empty()).then_some(Custom(values)), customs))
    }

    fn custom_fields(&mut self, definition: &'static ResourceType) -> Result<Arc<[CustomField]>> {
        if let Some(known) = self.lookups.custom_fields.get(definition.path) {
            return Ok(known.clone());
        }
        let of_collection = custom_fields::table.filter(custom_fields::collection.eq(definition.path)).order(custom_fields::id);
        let fields: Arc<[CustomField]> = of_collection.select(CustomField::as_select()).load(self.connection)?.into();
        self.lookups.custom_fields.insert(definition.path, fields.clone());
        Ok(fields)
    }

    fn judge_references(&mut self, fields: &[CustomField], customs: &Customs, faults: &mut ValidationErrors) -> Result<()> {
        for (code, id) in &customs.references {
            let wanted = fields.iter().find(|field| field.code == *code).and_then(|field| field.refers_to.as_deref());
            let entry = registry::find_one(self.connection, *id)?.filter(|entry| wanted.is_none_or(|path| entry.collection == path));
            let visible = match entry.and_then(|entry| self.store.definitions.get(&entry.collection).map(|target| (entry, target))) {
                Some((entry, target)) => reference::may_name(self.connection, &self.store.definitions, self.session, target, &entry)?,
                None => false,
            };
            if !visible {
                let detail = format!("There is no such record of {}, or it is not visible to you.", wanted.unwrap_or("any collection"));
                faults.within("custom", |faults| faults.at(code, "reference", detail));
            }
        }
        Ok(())
    }

    /// Keeps what must differ and what is referred to, after the row is written and its edges are in place.
    pub(in crate::store) fn keep_customs(&mut self, id: Id, customs: &Customs, new: bool) -> Result<()> {
        if !customs.any {
            return Ok(());
        }
        if !new {
            self.forget_customs(id)?;
        }
        for (code, field, value) in &customs.unique {
            let row = (custom_values::field_id.eq(field), custom_values::value.eq(value), custom_values::record_id.eq(id));
            diesel::insert_into(custom_values::table).values(row).execute(self.connection).map_err(|error| clash(code, error))?;
        }
        for (code, to) in &customs.references {
            edge::add_custom(self.connection, id, code, *to)?;
        }
        Ok(())
    }

    /// Lets go of what a record's custom values held.
    pub(in crate::store) fn forget_customs(&mut self, id: Id) -> Result<()> {
        forget_values(self.connection, id)?;
        edge::remove_customs(self.connection, id)
    }
}

/// Lets go of the values that must differ.
pub(in crate::store) fn forget_values(connection: &mut Connection, id: Id) -> Result<()> {
    diesel::delete(custom_values::table.filter(custom_values::record_id.eq(id))).execute(connection)?;
    Ok(())
}

impl Customs {
    fn note(&mut self, field: &CustomField, value: &Value) {
        if field.is_unique {
            let key = value.as_str().map_or_else(|| value.to_string(), folded);
            self.unique.push((field.code.clone(), field.id, key));
        }
        if let ("reference", Some(id)) = (field.kind.as_str(), value.as_str().and_then(Id::parse)) {
            self.references.push((field.code.clone(), id));
        }
    }
}

impl CustomField {
    fn judge(&self, value: &Value, faults: &mut ValidationErrors) {
        match self.kind.as_str() {
            "number" => match value.as_f64() {
                Some(number) => self.judge_size(number, "The number", faults),
                None => faults.add("type", "Expected a number."),
            },
            "bool" if !value.is_boolean() => faults.add("type", "Expected true or false."),
            "bool" => {}
            "date" if value.as_str().and_then(Date::parse).is_none() => faults.add("format", "Expected a date such as 2026-01-31."),
            "choice" if !value.as_str().is_some_and(|word| self.choices().any(|choice| choice == word)) => {
                let choices: Vec<&str> = self.choices().collect();
                faults.add_with("choice", format!("Expected one of {}.", choices.join(", ")), json!({"allowed": choices}));
            }
            "reference" if value.as_str().and_then(Id::parse).is_none() => faults.add("format", "Expected the id of a record."),
            "text" => match value.as_str() {
                Some(text) => {
                    self.judge_size(text.chars().count() as f64, "The length", faults);
                    let fits = self.pattern.as_deref().and_then(|pattern| whole(pattern).ok()).is_none_or(|pattern| pattern.is_match(text));
                    if !fits {
                        let pattern = self.pattern.as_deref().unwrap_or_default();
                        faults.add_with("pattern", format!("Expected text that matches {pattern}."), json!({"pattern": pattern}));
                    }
                }
                None => faults.add("type", "Expected text."),
            },
            _ => {}
        }
    }

    fn choices(&self) -> impl Iterator<Item = &str> {
        self.choices.iter().flatten().map(|choice| &**choice)
    }

    fn judge_size(&self, size: f64, what: &str, faults: &mut ValidationErrors) {
        if let Some(minimum) = self.minimum.filter(|minimum| size < *minimum) {
            faults.add_with("range", format!("{what} must be at least {minimum}."), json!({"min": minimum, "max": self.maximum}));
        }
        if let Some(maximum) = self.maximum.filter(|maximum| size > *maximum) {
            faults.add_with("range", format!("{what} must be at most {maximum}."), json!({"min": self.minimum, "max": maximum}));
        }
    }
}

/// A pattern that must match a whole text. The engine takes time in proportion to the text, whatever the pattern.
pub fn whole(pattern: &str) -> std::result::Result<Regex, regex_lite::Error> {
    regex_lite::RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(1 << 18).build()
}

fn clash(code: &str, error: Diesel) -> crate::error::Error {
    match error {
        Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
            Problem::conflict(format!("/custom/{code}"), "duplicate", format!("Another record has the same {code}. Choose another.")).into()
        }
        other => other.into(),
    }
}

/// One of some values that a record has for a custom field; none if no record has any of them.
pub fn used_value(connection: &mut Connection, definition: &ResourceType, code: &str, values: &[String]) -> Result<Option<String>> {
    let mut used = Statement::new("SELECT custom ->> CAST(")
        .with(code, format!(" AS text) FROM {} WHERE custom ->> CAST(", definition.table))
        .with(code, " AS text) IN (");
    used.bind_all(values.iter().map(|value| SqlValue::from(value.as_str()))).push(") LIMIT 1");
    Ok(used.load::<diesel::sql_types::Nullable<diesel::sql_types::Text>, Option<String>>(connection)?.pop().flatten())
}

/// Whether a record has a value for a custom field.
pub fn is_used(connection: &mut Connection, definition: &ResourceType, code: &str) -> Result<bool> {
    let used = Statement::new(format!("SELECT 1 FROM {} WHERE custom ->> CAST(", definition.table)).with(code, " AS text) IS NOT NULL LIMIT 1");
    Ok(used.finds(connection)?)
}
