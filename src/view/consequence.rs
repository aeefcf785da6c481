//! What a rehearsed write would do to the figures of records that it does not name: with `dry_run=true` the answer tells it.

use crate::error::Result;
use crate::resource::Id;
use crate::store::Reader;
use serde_json::{Map, Value};

/// Figures of records that follow from what others write, such as what is available of a budget line.
#[derive(Clone, Copy)]
pub struct Consequences {
    /// Their member of an answer.
    pub member: &'static str,
    /// Finds, among records that were written, those whose figures may have changed, as far as the reader may see them.
    pub concerned: fn(&mut Reader<'_>, &[Id]) -> Result<Vec<Id>>,
    /// What stands of such records: of each what names it, and its figures.
    pub standing: fn(&mut Reader<'_>, &[Id]) -> Result<Vec<Standing>>,
}

/// A record and its figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The record.
    pub id: Id,
    /// What names it.
    pub named: Map<String, Value>,
    /// Its figures.
    pub figures: Value,
}

/// What changed between two readings: what names a record, and its figures before and after.
pub fn changed(before: &[Standing], after: &[Standing]) -> Value {
    let found = after.iter().filter_map(|after| {
        let before = before.iter().find(|before| before.id == after.id).map_or(&Value::Null, |before| &before.figures);
        let mut told = after.named.clone();
        told.extend([("before".to_owned(), before.clone()), ("after".to_owned(), after.figures.clone())]);
        (*before != after.figures).then_some(Value::Object(told))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_stays_as_it_was_is_not_told() {
        let (one, other, new) = (Id::new(), Id::new(), Id::new());
        let of = |id: Id, figures: u32| Standing { id, named: Map::from_iter([("name".to_owned(), json!("Line"))]), figures: json!(figures) };
        let told = changed(&[of(one, 1), of(other, 2)], &[of(one, 1), of(other, 3), of(new, 4)]);
        assert_eq!(told, json!([{"name": "Line", "before": 2, "after": 3}, {"name": "Line", "before": null, "after": 4}]));
    }
}
