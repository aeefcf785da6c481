//! Whether a figure leaves out what the caller may not read.

use super::Reads;
use crate::access::{Reach, top_units};
use crate::error::Result;
use crate::resource::Scope;
use crate::store::Reader;

/// True if the session may not read all records of some collection that a figure reads: what it says is then over a part of them. Whether
/// there are others is not told.
pub fn partial<R: Reads>(reader: &mut Reader<'_>) -> Result<bool> {
    let definitions = reader.store.definitions.clone();
    for path in R::PATHS {
        let Some(definition) = definitions.get(path) else { continue };
        let root = definitions.root_of(definition);
        let whole = match reader.session.reach(&definition.permission("read")) {
            Reach::Everything => true,
            reach if root.scope == Scope::Shared => reach.beyond_own(),
            Reach::Part { units, .. } if !units.is_empty() => {
                let tops = top_units(reader.unscoped("whoever reaches the top of the organisation reaches all of it"))?;
                tops.iter().all(|top| units.contains(top))
            }
            Reach::Part { .. } | Reach::Nothing => false,
        };
        if !whole {
            return Ok(true);
        }
    }
    Ok(false)
}
