//! Which events a webhook wants, by their names and by what changed.

use serde_json::Value;
use steward_core::resource::event::event;
use steward_core::resource::value::Text;
use steward_core::resource::{ResourceType, ResourceTypes};
use steward_core::store::{FieldChange, STAMPS};

steward_core::value! {
    /// Change of a field.
    pub struct ChangedField {
        /// Field that changed.
        pub field: Text<1, 100>,
        /// Value before, as text; null for any.
        pub from: Option<Text<0, 400>>,
        /// Value after, as text; null for any.
        pub to: Option<Text<0, 400>>,
    }
}

/// Whether a pattern stands for an event: part by part, `*` for any one, at the end for all that follow.
pub fn covers(pattern: &str, event: &str) -> bool {
    let mut parts = event.split('.');
    let mut pattern = pattern.split('.').peekable();
    while let Some(wanted) = pattern.next() {
        match parts.next() {
            Some(_) if wanted == "*" && pattern.peek().is_none() => return true,
            Some(part) if wanted == "*" || wanted == part => {}
            _ => return false,
        }
    }
    parts.next().is_none()
}

/// What is wrong with a pattern; none if it stands for events of some kind of record.
pub fn fault(definitions: &ResourceTypes, pattern: &str) -> Option<&'static str> {
    let parts: Vec<&str> = pattern.split('.').collect();
    let is_word =
        |part: &&str| *part == "*" || (!part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'));
    let is_open = parts.last() == Some(&"*");
    if parts.len() > 3 || !(parts.len() == 3 || is_open) || !parts.iter().all(is_word) {
        return Some("Expected the name of an event such as vendors.contract.signed, or with * for a part, such as vendors.contract.*.");
    }
    let fits = |at: usize, name: &str| parts.get(at).is_none_or(|part| *part == "*" || *part == name);
    let mut kinds = definitions.all().iter().copied().filter(|definition| fits(0, definition.domain) && fits(1, &definition.singular)).peekable();
    if kinds.peek().is_none() {
        return Some("There is no such kind of record. Write domain, kind of record and what was done, such as vendors.contract.signed.");
    }
    let happens =
        |definition: &'static ResourceType| actions(definition).any(|action| event(definition, action).rsplit('.').next().is_some_and(|done| fits(2, done)));
    (!kinds.any(happens))
        .then_some("Nothing of that name is done to such a record. Name a transition or created, updated, changed_parts, deleted or restored; or write *.")
}

/// What is done to records of a kind, as their history calls it.
fn actions(definition: &'static ResourceType) -> impl Iterator<Item = &'static str> {
    let moves = definition.lifecycle.iter().flat_map(|lifecycle| lifecycle.move_names());
    let renewals = if definition.once_fields().next().is_some() { RENEWALS } else { &[] };
    USUAL.iter().chain(renewals).copied().chain(moves)
}

/// What may be done to a record of any kind.
const USUAL: &[&str] = &["create", "update", "change_parts", "delete", "restore"];
/// What may be done to one that has a secret.
const RENEWALS: &[&str] = &["renew_secret", "renew_token", "rotate_secret"];

/// Whether events of a kind can list a change of a field.
pub fn is_listed(definition: &ResourceType, name: &str) -> bool {
    let unversioned = definition.field(name).is_some_and(|field| field.unversioned);
    definition.member_names().contains(&name) && !STAMPS.contains(&name) && !unversioned
}

/// Whether a change is among those of an event. A record that is made or deleted without a field does not change it.
pub fn has_changed(wanted: &ChangedField, changes: &[FieldChange]) -> bool {
    let is = |wanted: &Option<Text<0, 400>>, value: &Value| wanted.as_ref().is_none_or(|wanted| wanted.0 == text(value));
    changes
        .iter()
        .filter(|change| change.pointer.strip_prefix('/') == Some(wanted.field.0.as_str()) && change.before != change.after)
        .any(|change| is(&wanted.from, &change.before) && is(&wanted.to, &change.after))
}

/// A value as text: a word as it is, all else as JSON, null as nothing.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_star_stands_for_one_part_and_at_the_end_for_the_rest() {
        for pattern in ["vendors.contract.signed", "vendors.contract.*", "vendors.*", "*", "*.contract.signed", "*.*.signed"] {
            assert!(covers(pattern, "vendors.contract.signed"), "{pattern}");
        }
        for pattern in ["vendors.contract", "vendors.contract.created", "vendors.contract.signed.*", "teams.*", "", "vendors.contracts.*", "contract.*"] {
            assert!(!covers(pattern, "vendors.contract.signed"), "{pattern}");
        }
    }

    #[test]
    fn a_change_is_told_by_its_field_and_its_values() {
        let change = |before: Value, after: Value| [FieldChange { pointer: "/state".into(), before, after }];
        let wanted = |from: Option<&str>, to: Option<&str>| ChangedField { field: "state".into(), from: from.map(Into::into), to: to.map(Into::into) };
        let signed = change(json!("draft"), json!("signed"));
        assert!(has_changed(&wanted(None, None), &signed) && has_changed(&wanted(Some("draft"), Some("signed")), &signed));
        assert!(!has_changed(&wanted(Some("signed"), None), &signed) && !has_changed(&wanted(None, Some("draft")), &signed));
        assert!(!has_changed(&wanted(None, None), &[FieldChange { pointer: "/name".into(), before: json!(1), after: json!(2) }]));
        assert!(has_changed(&wanted(Some(""), Some("7")), &change(Value::Null, json!(7))));
        assert!(!has_changed(&wanted(None, None), &change(Value::Null, Value::Null)), "it never had the field");
    }
}
