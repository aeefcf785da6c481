//! From a request to an operation and back: what its path names, who asks, what is answered.

use super::asked::Asked;
use super::{House, answer, header};
use crate::access::Session;
use crate::error::{Kind, Problem, Result};
use actix_web::http::Method;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use std::sync::Arc;

/// Answers everything under `/api/v1/` that is not a route of its own.
pub async fn dispatch(request: HttpRequest, mut payload: Payload, house: Data<House>) -> HttpResponse {
    let outcome = route(&request, &mut payload, &house).await;
    answer::of(&request, outcome)
}

async fn route(request: &HttpRequest, payload: &mut Payload, house: &House) -> Result<HttpResponse> {
    let path = request.path().strip_prefix("/api/v1/").unwrap_or_default();
    let target = house.routes.find(path, request.method()).ok_or_else(Problem::not_found)?;
    let methods = house.routes.methods(path, &target);
    if !methods.contains(request.method()) {
        return Err(method_not_allowed(&methods).into());
    }
    let session = authenticate(request, house).await?;
    Asked { house, session, request, payload }.answer(target).await
}

/// The session of a request's token (401).
pub async fn authenticate(request: &HttpRequest, house: &House) -> Result<Arc<Session>> {
    let token = header::bearer(request)?;
    let session = house.gate.session(&house.store, &house.keys, &token).await?;
    Ok(session.ok_or_else(header::unauthorized)?)
}

/// The path answers to other methods.
pub fn method_not_allowed(methods: &[Method]) -> Problem {
    let allow = methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
    Problem::new(Kind::MethodNotAllowed, format!("This address answers to {allow}.")).header("Allow", allow)
}
