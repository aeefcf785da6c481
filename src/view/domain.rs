//! A domain of the API: its collections, figures and actions.

use super::measure::{Basis, Measure, Measured};
use super::operation::{Download, Figures, Operation};
use super::{Action, PerRecord, Records, View};
use crate::resource::{Resource, ResourceType};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use utoipa::openapi::schema::Schema;
use utoipa::{IntoParams, ToSchema};

/// A named schema.
pub type Component = (&'static str, fn() -> Schema);

/// A domain of the API: its collections and what it adds to them.
pub struct Domain {
    /// `governance`.
    pub name: &'static str,
    /// Its purpose, in a paragraph.
    pub doc: &'static str,
    /// Its collections, in order.
    pub collections: Vec<&'static ResourceType>,
    /// Its figures and actions that have an address of their own.
    pub operations: Vec<&'static Operation>,
    /// Schemas that its resources name.
    pub components: Vec<Component>,
    /// The figures that its lists can add, by collection.
    pub figures: HashMap<&'static str, &'static Figures>,
    /// Its measure in the overview.
    pub measure: Option<Measure>,
}

impl Domain {
    /// A domain without collections yet.
    pub fn new(name: &'static str, doc: &'static str) -> Self {
        Domain { name, doc, collections: Vec::new(), operations: Vec::new(), components: Vec::new(), figures: HashMap::new(), measure: None }
    }

    /// With a collection.
    pub fn resource<R: Resource>(mut self) -> Self {
        // ResourceTypes live as long as the process: one allocation for each collection, at the start.
        self.collections.push(Box::leak(Box::new(ResourceType::of::<R>())));
        self
    }

    /// With a schema that its resources name.
    pub fn component(mut self, name: &'static str, schema: fn() -> Schema) -> Self {
        self.components.push((name, schema));
        self
    }

    /// With a figure that has an address of its own.
    pub fn view<V: View<Query: DeserializeOwned + IntoParams, Answer: Serialize + ToSchema>>(self) -> Self {
        self.operation(Operation::read::<V>())
    }

    /// With bytes to download.
    pub fn download<V: View<Query: DeserializeOwned + IntoParams, Answer = Download>>(self) -> Self {
        self.operation(Operation::download::<V>())
    }

    /// With an action.
    pub fn action<A: Action>(self) -> Self {
        self.operation(Operation::write::<A>())
    }

    /// With figures that a list can add to its records.
    pub fn figures<V: View<Query = Records, Answer = PerRecord<A>>, A: Serialize + ToSchema>(mut self) -> Self {
        let figures = Figures::of::<V, A>();
        self.figures.insert(figures.path, Box::leak(Box::new(figures)));
        self
    }

    /// With its measure in the overview.
    pub fn measure<V: View<Query = Basis, Answer = Measured>>(mut self) -> Self {
        self.measure = Some(Measure::of::<V>());
        self
    }

    fn operation(mut self, operation: Operation) -> Self {
        self.operations.push(Box::leak(Box::new(operation)));
        self
    }
}
