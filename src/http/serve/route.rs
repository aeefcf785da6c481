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
    operations: HashMap<&'static str, Served>,
}

/// What is served at one address: what reads, what writes, or both.
#[derive(Default)]
struct Served {
    read: Option<&'static Operation>,
    write: Option<&'static Operation>,
}

impl Served {
    /// What a method asks for; what there is where there is no such thing, which then says to what it answers.
    fn by(&self, method: &Method) -> Option<&'static Operation> {
        if *method == Method::POST { self.write.or(self.read) } else { self.read.or(self.write) }
    }
}

impl Routes {
    /// The paths of some definitions and operations.
    pub fn new(definitions: &[&'static ResourceType], operations: &[&'static Operation]) -> Self {
        let mut served: HashMap<&'static str, Served> = HashMap::new();
        for operation in operations {
            let at = served.entry(operation.path).or_default();
            *(if writes(operation) { &mut at.write } else { &mut at.read }) = Some(operation);
        }
        Routes { collections: definitions.iter().map(|definition| (definition.path, *definition)).collect(), operations: served }
    }

    /// An operation by its id.
    pub fn by_operation(&self, operation_id: &str) -> Option<&'static Operation> {
        let mut all = self.operations.values().flat_map(|served| [served.read, served.write]).flatten();
        all.find(|each| each.operation_id == operation_id)
    }

    /// What a path under `/api/v1/` names. A domain may make records of a collection in a way of its own: its `POST` is a view.
    pub fn find(&self, path: &str, method: &Method) -> Option<Target> {
        let own = self.operations.get(path).filter(|_| *method == Method::POST || !self.collections.contains_key(path));
        if let Some(operation) = own.and_then(|served| served.by(method)) {
            return Some(Target::Operation(operation, None));
        }
        let segments: Vec<&str> = path.split('/').collect();
        let (collection, rest) = (segments.get(..2)?.join("/"), &segments[2..]);
        let definition = self.collections.get(collection.as_str()).copied();
        match rest {
            [] => definition.map(Target::Collection),
            [id] => match definition {
                Some(definition) => Some(Target::Item(definition, Id::parse(id)?)),
                None => Some(Target::Operation(self.operations.get(format!("{collection}/{{id}}").as_str())?.by(method)?, Some(Id::parse(id)?))),
            },
            [id, "transitions"] if definition.is_some_and(|each| each.lifecycle.is_some()) => Some(Target::Transitions(definition?, Id::parse(id)?)),
            [name, id] if let Some(served) = self.operations.get(format!("{collection}/{name}/{{id}}").as_str()) => {
                Some(Target::Operation(served.by(method)?, Some(Id::parse(id)?)))
            }
            [id, names @ ..] => {
                let served = self.operations.get(format!("{collection}/{{id}}/{}", names.join("/")).as_str())?;
                Some(Target::Operation(served.by(method)?, Some(Id::parse(id)?)))
            }
        }
    }

    /// The methods that a path answers to: those of what it names, and `POST` where a domain makes its records or writes beside what is read.
    pub fn methods(&self, path: &str, target: &Target) -> Vec<Method> {
        let mut methods = target.methods();
        let served = if let Target::Operation(operation, _) = target { self.operations.get(operation.path) } else { self.operations.get(path) };
        if served.is_some_and(|served| served.write.is_some()) && !methods.contains(&Method::POST) {
            methods.push(Method::POST);
        }
        if matches!(target, Target::Operation(..)) && served.is_some_and(|served| served.read.is_some()) && !methods.contains(&Method::GET) {
            methods.extend([Method::GET, Method::HEAD]);
        }
        methods
    }
}

/// Whether an operation is asked for by `POST`.
fn writes(operation: &Operation) -> bool {
    matches!(operation.run, Run::Write(_))
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
                if writes(operation) {
                    methods = vec![Method::POST];
                }
            }
        }
        methods
    }
}
