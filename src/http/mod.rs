//! The HTTP face: from a request to the store and back, once for every collection.
//!
//! `authenticator` knows who calls, `limit` how often they may; `route` finds what a path names; `handler` answers the usual operations; `view` is
//! what a domain adds; `openapi` writes the document from the same tables, so that it cannot say anything else than what is served.

mod limit;
mod request;
mod response;
mod serve;

mod docs;
pub mod openapi;

pub use crate::view::body::object as read_object;
pub use limit::client_address::{Header, Network, Proxies};
pub use limit::rate::{Limits, Rule, Rules};
pub use openapi::api::Api;
pub use request::body::{read as read_body, require_form};
pub use request::header::unauthorized;
pub use request::query::require_none as require_no_query;
pub use request::transition;
pub use response::answer::{json as json_answer, of as answer_of};
pub use serve::authenticator::Authenticator;
pub use serve::deferred::Later;
pub use serve::dispatch::{authenticate, method_not_allowed};
pub use serve::route::Routes;
pub use serve::secret_address::{Keyed, mount as mount_keyed};
pub use serve::state::{AppState, service_operations};

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

/// Mounts everything that is served.
pub fn mount(config: &mut ServiceConfig, extra: impl Fn(&mut ServiceConfig)) {
    extra(config);
    config
        .configure(docs::mount)
        .service(web::resource("/openapi.json").route(web::get().to(serve::state::document)).default_service(web::route().to(only_get)))
        .service(web::resource("/livez").route(web::get().to(serve::state::livez)).default_service(web::route().to(only_get)))
        .service(web::resource("/readyz").route(web::get().to(serve::state::readyz)).default_service(web::route().to(only_get)))
        .service(web::resource("/problems/{kind}").route(web::get().to(serve::state::problem_kind)).default_service(web::route().to(only_get)))
        .default_service(web::route().to(serve::dispatch::dispatch));
}

/// The path answers to `GET` only.
async fn only_get(request: HttpRequest) -> HttpResponse {
    response::answer::problem(&request, &method_not_allowed(&[actix_web::http::Method::GET]))
}

/// The middleware that every request passes.
pub use serve::request_id::request_id;
pub use serve::request_log::trace;
