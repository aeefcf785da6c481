//! Differences between two answers of a figure, value by value.

use serde_json::Value;
use std::collections::HashMap;
use steward_core::error::pointer_segment;
use steward_core::store::FieldChange;

/// Most differences that are listed; of more, the number is told.
pub const MOST: usize = 1_000;

/// Values that differ between two answers.
#[derive(Debug, Default)]
pub struct Differences {
    /// Number of all of them.
    pub count: usize,
    /// The first of them.
    pub changes: Vec<FieldChange>,
}

impl Differences {
    /// Those between an answer and a later one. Entries of a list that name a record are compared with those that name the same one.
    pub fn between(before: &Value, after: &Value) -> Differences {
        let mut found = Differences::default();
        found.walk("", before, after);
        found
    }

    fn walk(&mut self, pointer: &str, before: &Value, after: &Value) {
        match (before, after) {
            _ if before == after => {}
            (Value::Object(earlier), Value::Object(later)) => {
                for (name, value) in later {
                    self.walk(&below(pointer, name), earlier.get(name).unwrap_or(&Value::Null), value);
                }
                for (name, value) in earlier.iter().filter(|(name, _)| !later.contains_key(*name)) {
                    self.walk(&below(pointer, name), value, &Value::Null);
                }
            }
            (Value::Array(earlier), Value::Array(later)) => self.walk_entries(pointer, earlier, later),
            _ => self.note(pointer.to_owned(), before, after),
        }
    }

    fn walk_entries(&mut self, pointer: &str, before: &[Value], after: &[Value]) {
        let at = |index: usize| below(pointer, &index.to_string());
        let (Some(earlier), Some(later)) = (by_record(before), by_record(after)) else {
            for index in 0..before.len().max(after.len()) {
                self.walk(&at(index), before.get(index).unwrap_or(&Value::Null), after.get(index).unwrap_or(&Value::Null));
            }
            return;
        };
        for (index, entry) in after.iter().enumerate() {
            let same = record_of(entry).and_then(|record| earlier.get(record)).and_then(|index| before.get(*index));
            self.walk(&at(index), same.unwrap_or(&Value::Null), entry);
        }
        let is_gone = |entry: &Value| record_of(entry).is_none_or(|record| !later.contains_key(record));
        for (index, entry) in before.iter().enumerate().filter(|(_, entry)| is_gone(entry)) {
            self.note(at(index), entry, &Value::Null);
        }
    }

    fn note(&mut self, pointer: String, before: &Value, after: &Value) {
        self.count += 1;
        if self.changes.len() < MOST {
            self.changes.push(FieldChange { pointer, before: before.clone(), after: after.clone() });
        }
    }
}

fn below(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", pointer_segment(name))
}

/// The places of entries by the records that they name; none unless each names one of its own.
fn by_record(entries: &[Value]) -> Option<HashMap<&str, usize>> {
    let places: Option<HashMap<&str, usize>> = entries.iter().enumerate().map(|(index, entry)| Some((record_of(entry)?, index))).collect();
    places.filter(|places| places.len() == entries.len())
}

/// The record that an entry is about: its `id`, else the first reference in it, else the first record in it.
fn record_of(entry: &Value) -> Option<&str> {
    let members = entry.as_object()?;
    let reference = || members.iter().filter(|(name, _)| name.ends_with("_id")).find_map(|(_, value)| value.as_str());
    let record = || members.values().find_map(|value| value.get("id")?.as_str());
    members.get("id").and_then(Value::as_str).or_else(reference).or_else(record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn between(before: Value, after: Value) -> (usize, Value) {
        let found = Differences::between(&before, &after);
        (found.count, serde_json::to_value(found.changes).unwrap())
    }

    #[test]
    fn values_that_differ_are_told_by_their_pointers() {
        let before = json!({"total": 3, "a/b": {"x": 1, "y": 2}, "gone": true, "same": [1, 2], "none": null});
        let after = json!({"total": 4, "a/b": {"x": 1, "y": null}, "same": [1, 2], "new": {"z": 1}});
        let told = json!([
            {"pointer": "/total", "before": 3, "after": 4},
            {"pointer": "/a~1b/y", "before": 2, "after": null},
            {"pointer": "/new", "before": null, "after": {"z": 1}},
            {"pointer": "/gone", "before": true, "after": null},
        ]);
        assert_eq!(between(before.clone(), after), (4, told));
        assert_eq!(between(before.clone(), before), (0, json!([])));
    }

    #[test]
    fn entries_that_name_a_record_are_compared_wherever_they_stand() {
        let entry = |name: &str, value: u32| json!({"value": value, "subject_id": name});
        let told = json!([
            {"pointer": "/data/0/value", "before": 2, "after": 3},
            {"pointer": "/data/2", "before": null, "after": entry("d", 4)},
            {"pointer": "/data/2", "before": entry("c", 9), "after": null},
        ]);
        let before = json!({"data": [entry("a", 1), entry("b", 2), entry("c", 9)]});
        assert_eq!(between(before, json!({"data": [entry("b", 3), entry("a", 1), entry("d", 4)]})), (3, told));
        let record = |id: &str, value: u32| json!({"contract": {"id": id}, "value": value});
        assert_eq!(between(json!([record("a", 1), record("b", 2)]), json!([record("b", 2), record("a", 1)])), (0, json!([])), "the order alone");
    }

    #[test]
    fn other_entries_are_compared_by_their_places() {
        let told = json!([{"pointer": "/0", "before": 1, "after": 2}, {"pointer": "/1", "before": 2, "after": null}]);
        assert_eq!(between(json!([1, 2]), json!([2])), (2, told));
        let twice = json!([{"id": "a", "x": 1}, {"id": "a", "x": 2}]);
        assert_eq!(between(twice, json!([{"id": "a", "x": 3}, {"id": "a", "x": 2}])).0, 1, "a record that stands twice names no entry");
    }

    #[test]
    fn of_very_many_differences_the_number_is_told() {
        let many: Vec<usize> = (0..MOST + 5).collect();
        let found = Differences::between(&json!([]), &json!(many));
        assert_eq!((found.count, found.changes.len()), (MOST + 5, MOST));
    }
}
