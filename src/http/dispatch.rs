//! From a path to an operation, by two look-ups in the catalogue: a table of 250 collections costs no more than one of ten.

use super::handler::Asked;
use super::view::{Run, View};
use super::{House, answer, header};
use crate::access::Session;
use crate::error::{Kind, Problem, Result};
use crate::resource::{Definition, Id};
use actix_web::http::Method;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use std::collections::HashMap;
use std::sync::Arc;

/// What a path names.
#[derive(Clone, Copy)]
pub enum Target {
    /// A collection.
    Collection(&'static Definition),
    /// A record.
    Item(&'static Definition, Id),
    /// The moves of a record.
    Transitions(&'static Definition, Id),
    /// What a domain adds.
    View(&'static View, Option<Id>),
}

/// The paths of the API.
pub struct Routes {
    collections: HashMap<&'static str, &'static Definition>,
    views: HashMap<&'static str, &'static View>,
}

impl Routes {
    /// The paths of some definitions and views.
    pub fn new(definitions: &[&'static Definition], views: &[&'static View]) -> Self {
        Routes {
            collections: definitions.iter().map(|definition| (definition.path, *definition)).collect(),
            views: views.iter().map(|view| (view.path, *view)).collect(),
        }
    }

    /// A view by its operation id.
    pub fn by_operation(&self, operation_id: &str) -> Option<&'static View> {
        self.views.values().find(|view| view.operation_id == operation_id).copied()
    }

    /// What a path under `/api/v1/` names. A domain may make records of a collection in a way of its own.
    fn find(&self, path: &str, method: &Method) -> Option<Target> {
        let own = self.views.get(path).filter(|_| *method == Method::POST || !self.collections.contains_key(path));
        if let Some(view) = own {
            return Some(Target::View(view, None));
        }
        let segments: Vec<&str> = path.split('/').collect();
        let (collection, rest) = (segments.get(..2)?.join("/"), &segments[2..]);
        let definition = self.collections.get(collection.as_str()).copied();
        match rest {
            [] => definition.map(Target::Collection),
            [id] => match definition {
                Some(definition) => Some(Target::Item(definition, Id::parse(id)?)),
                None => Some(Target::View(self.views.get(format!("{collection}/{{id}}").as_str())?, Some(Id::parse(id)?))),
            },
            [id, "transitions"] if definition.is_some_and(|each| each.lifecycle.is_some()) => Some(Target::Transitions(definition?, Id::parse(id)?)),
            [id, name] => {
                let view = self.views.get(format!("{collection}/{{id}}/{name}").as_str())?;
                Some(Target::View(view, Some(Id::parse(id)?)))
            }
            _ => None,
        }
    }
}

impl Target {
    /// The methods that it answers to.
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
            Target::View(view, _) => {
                if matches!(view.run, Run::Write { .. }) {
                    methods = vec![Method::POST];
                }
            }
        }
        methods
    }
}

/// Answers everything under `/api/v1/` that is not a route of its own.
pub async fn dispatch(request: HttpRequest, mut payload: Payload, house: Data<House>) -> HttpResponse {
    let outcome = route(&request, &mut payload, &house).await;
    answer::of(&request, outcome)
}

async fn route(request: &HttpRequest, payload: &mut Payload, house: &House) -> Result<HttpResponse> {
    let path = request.path().strip_prefix("/api/v1/").unwrap_or_default();
    let target = house.routes.find(path, request.method()).ok_or_else(Problem::not_found)?;
    let mut methods = target.methods();
    if house.routes.views.contains_key(path) && !methods.contains(&Method::POST) {
        methods.push(Method::POST);
    }
    if !methods.contains(request.method()) {
        return Err(method_not_allowed(&methods).into());
    }
    let session = authenticate(request, house).await?;
    Asked { house, session, request, payload }.answer(target).await
}

/// The session of a request's token (401).
pub async fn authenticate(request: &HttpRequest, house: &House) -> Result<Arc<Session>> {
    let token = header::bearer(request)?;
    let principal = house.keys.verify(&token, house.store.now()).ok_or_else(header::unauthorized)?;
    let session = house.store.unauthenticated(move |connection| Session::load(connection, principal)).await?;
    Ok(Arc::new(session.ok_or_else(header::unauthorized)?))
}

/// The path answers to other methods.
pub fn method_not_allowed(methods: &[Method]) -> Problem {
    let allow = methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
    Problem::new(Kind::MethodNotAllowed, format!("This address answers to {allow}.")).header("Allow", allow)
}
