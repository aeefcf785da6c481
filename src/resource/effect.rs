//! What a move does elsewhere, in the same transaction and as the service itself.

use super::model::Entity;
use super::record::Placement;
use super::{Id, Resource};
use crate::error::{Error, Result};
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;

/// Creation, transition, change or deletion of a record elsewhere.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Makes a record.
    Create {
        /// Its collection.
        collection: &'static str,
        /// Its unit and owner; the caller's unit where none is named.
        placement: Placement,
        /// Its own fields.
        own: Arc<dyn Entity>,
        /// The state to which it is moved at once; none to leave it in its first.
        then: Option<&'static str>,
    },
    /// Moves a record to a state.
    Transition {
        /// Its collection.
        collection: &'static str,
        /// Which.
        id: Id,
        /// The service.
        to: &'static str,
    },
    /// Changes fields of a record.
    Update {
        /// Its collection.
        collection: &'static str,
        /// Which.
        id: Id,
        /// The change.
        change: Change,
    },
    /// Deletes a record that a move made and another takes back, in whichever state it is; refused while others refer to it.
    Remove {
        /// Collection of the record.
        collection: &'static str,
        /// Record to delete.
        id: Id,
    },
}

/// A change to the own fields of a record.
#[derive(Clone)]
pub struct Change(Arc<ChangeOfEntity>);

type ChangeOfEntity = dyn Fn(&dyn Entity) -> Result<Map<String, Value>> + Send + Sync;

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Change(…)")
    }
}

impl Change {
    /// The change to these values.
    pub fn to(patch: Map<String, Value>) -> Change {
        Change(Arc::new(move |_| Ok(patch.clone())))
    }

    /// The fields that it changes of a record, as a merge patch.
    pub fn of(&self, before: &dyn Entity) -> Result<Map<String, Value>> {
        (self.0)(before)
    }
}

impl Effect {
    /// Makes a record.
    pub fn create<R: Resource>(placement: Placement, own: R) -> Effect {
        Effect::Create { collection: R::PATH, placement, own: Arc::new(own), then: None }
    }

    /// Makes a record and moves it to a state.
    pub fn create_in<R: Resource>(placement: Placement, own: R, state: &'static str) -> Effect {
        Effect::Create { collection: R::PATH, placement, own: Arc::new(own), then: Some(state) }
    }

    /// Moves a record to a state.
    pub fn transition<R: Resource>(id: Id, to: &'static str) -> Effect {
        Effect::Transition { collection: R::PATH, id, to }
    }

    /// Deletes a record that a move made and another takes back.
    pub fn remove<R: Resource>(id: Id) -> Effect {
        Effect::Remove { collection: R::PATH, id }
    }

    /// Changes fields of a record.
    pub fn update<R: Resource>(id: Id, change: impl Fn(&mut R) + Send + Sync + 'static) -> Effect {
        let change = move |before: &dyn Entity| -> Result<Map<String, Value>> {
            let before: &R = before.as_any().downcast_ref().ok_or_else(|| Error::broken(format!("a record that is none of {}", R::PATH)))?;
            let mut after = before.clone();
            change(&mut after);
            let (old, mut new) = (before.to_json(), after.to_json());
            new.retain(|name, value| old.get(name) != Some(value));
            Ok(new)
        };
        Effect::Update { collection: R::PATH, id, change: Change(Arc::new(change)) }
    }
}
