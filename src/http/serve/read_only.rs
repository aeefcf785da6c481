//! Paths that are only read: they answer to `GET` and `HEAD`, and refuse every other method.

use super::dispatch::method_not_allowed;
use crate::http::response::answer;
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, Resource, Route, guard, web};

/// A route for `GET`, and `HEAD` with it.
pub fn reading() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// A path that answers to `GET` and `HEAD` only.
pub fn read_only(path: &str, route: Route) -> Resource {
    web::resource(path).route(route).default_service(web::route().to(only_reads))
}

async fn only_reads(request: HttpRequest) -> HttpResponse {
    answer::problem(&request, &method_not_allowed(&[Method::GET, Method::HEAD]))
}
