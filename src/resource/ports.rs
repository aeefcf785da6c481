//! What domains answer each other, kept by its type: put in by the catalogue, found by whoever asks.

use std::any::{Any, TypeId};
use std::collections::HashMap;

/// Ports by the type of the question.
#[derive(Default)]
pub struct Ports(HashMap<TypeId, Box<dyn Any + Send + Sync>>);

impl Ports {
    /// With an answer.
    pub fn with<T: Any + Send + Sync>(mut self, answer: T) -> Self {
        self.0.insert(TypeId::of::<T>(), Box::new(answer));
        self
    }

    /// The answer of a type.
    pub fn get<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.0.get(&TypeId::of::<T>())?.downcast_ref()
    }
}
