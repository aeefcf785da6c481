//! From a path to what it names, by two look-ups in the catalogue: a table of 250 collections costs no more than one of ten.

use crate::resource::{Id, ResourceType};
use crate::view::{Operation, Run};
use actix_web::http::Method;
use std::collections::HashMap;

/// What a path names.
#[derive(Clone, Copy)]
pub enum Target {
    /// A collection.
    Collection(&'static ResourceType),
    /// A record.
    Item(&'static ResourceType, Id),
    /// The moves of a record.
    Transitions(&'static ResourceType, Id),
    /// What a domain adds.
    Operation(&'static Operation, Option<Id>),
}

/// The paths of the API.
pub struct Routes {
    collections: HashMap<&'static str, &'static ResourceType>,
    operations: HashMap<&'static str, &'static Operation>,
}

impl Routes {
    /// The paths of some definitions and operations.
    pub fn new(definitions: &[&'static ResourceType], operations: &[&'static Operation]) -> Self {
        Routes {
            collections: definitions.iter().map(|definition| (definition.path, *definition)).collect(),
            operations: operations.iter().map(|each| (each.path, *each)).collect(),
        }
    }

    /// An operation by its id.
    pub fn by_operation(&self, operation_id: &str) -> Option<&'static Operation> {
        self.operations.values().find(|each| each.operation_id == operation_id).copied()
    }

    /// What a path under `/api/v1/` names. A domain may make records of a collection in a way of its own: its `POST` is a view.
    pub fn find(&self, path: &str, method: &Method) -> Option<Target> {
        let own = self.operations.get(path).filter(|_| *method == Method::POST || !self.collections.contains_key(path));
        if let Some(operation) = own {
            return Some(Target::Operation(operation, None));
        }
        let segments: Vec<&str> = path.split('/').collect();
        let (collection, rest) = (segments.get(..2)?.join("/"), &segments[2..]);
        let definition = self.collections.get(collection.as_str()).copied();
        match rest {
            [] => definition.map(Target::Collection),
            [id] => match definition {
                Some(definition) => Some(Target::Item(definition, Id::parse(id)?)),
                None => Some(Target::Operation(self.operations.get(format!("{collection}/{{id}}").as_str())?, Some(Id::parse(id)?))),
            },
            [id, "transitions"] if definition.is_some_and(|each| each.lifecycle.is_some()) => Some(Target::Transitions(definition?, Id::parse(id)?)),
            [id, name] => {
                let operation = self.operations.get(format!("{collection}/{{id}}/{name}").as_str())?;
                Some(Target::Operation(operation, Some(Id::parse(id)?)))
            }
            _ => None,
        }
    }

    /// The methods that a path answers to: those of what it names, and `POST` where a domain makes its records.
    pub fn methods(&self, path: &str, target: &Target) -> Vec<Method> {
        let mut methods = target.methods();
        let writes = |operation: &&Operation| matches!(operation.run, Run::Write(_));
        if self.operations.get(path).is_some_and(writes) && !methods.contains(&Method::POST) {
            methods.push(Method::POST);
        }
        methods
    }
}

impl Target {
    /// The path with the names of its parameters in place of their values.
    pub fn pattern(&self) -> String {
        match self {
            Target::Collection(definition) => format!("/api/v1/{}", definition.path),
            Target::Item(definition, _) => format!("/api/v1/{}/{{id}}", definition.path),
            Target::Transitions(definition, _) => format!("/api/v1/{}/{{id}}/transitions", definition.path),
            Target::Operation(operation, _) => format!("/api/v1/{}", operation.path),
        }
    }

    /// The methods that it answers to by itself.
    fn methods(&self) -> Vec<Method> {
        let mut methods = vec![Method::GET, Method::HEAD];
        match self {
            Target::Collection(definition) if definition.operations.create => methods.push(Method::POST),
            Target::Collection(_) => {}
            Target::Item(definition, _) => {
                methods.extend(definition.operations.update.then_some(Method::PATCH));
                methods.extend(definition.operations.delete.then_some(Method::DELETE));
            }
            Target::Transitions(..) => methods.push(Method::POST),
            Target::Operation(operation, _) => {
                if matches!(operation.run, Run::Write(_)) {
                    methods = vec![Method::POST];
                }
            }
        }
        methods
    }
}
