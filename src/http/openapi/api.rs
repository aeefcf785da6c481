//! The whole API as data: what the routes, the document and the tests are made from.

use crate::http::openapi::Fixed;
use crate::resource::{Ports, ResourceType, ResourceTypes};
use crate::view::{Domain, Figures, Measure, Operation};
use std::collections::HashMap;
use std::sync::Arc;

/// The whole API: every domain with its collections, figures and actions, and the operations that belong to no collection.
pub struct Api {
    /// The domains, in order.
    pub domains: Vec<Domain>,
    /// Every collection.
    pub definitions: Arc<ResourceTypes>,
    /// Operations that are routes of their own.
    pub fixed: Vec<Fixed>,
}

impl Api {
    /// The API of some domains, and what they answer each other.
    pub fn new(domains: Vec<Domain>, fixed: Vec<Fixed>, answers: Ports) -> Self {
        let all: Vec<&'static ResourceType> = domains.iter().flat_map(|domain| domain.collections.iter().copied()).collect();
        Api { domains, definitions: Arc::new(ResourceTypes::new(all, answers)), fixed }
    }

    /// What the domains add to the usual operations.
    pub fn operations(&self) -> Vec<&'static Operation> {
        self.domains.iter().flat_map(|domain| domain.operations.iter().copied()).collect()
    }

    /// The figures that lists can add, by collection.
    pub fn figures(&self) -> HashMap<&'static str, &'static Figures> {
        self.domains.iter().flat_map(|domain| domain.figures.iter().map(|(path, figures)| (*path, *figures))).collect()
    }

    /// The measure of each domain that has one, in order.
    pub fn measures(&self) -> Vec<(&'static str, Measure)> {
        self.domains.iter().filter_map(|domain| Some((domain.name, domain.measure?))).collect()
    }
}
