//! The HTTP face: from a request to the store and back, once for every collection.
//!
//! `gate` knows who calls, `limit` how often they may; `route` finds what a path names; `handler` answers the usual operations; `view` is
//! what a domain adds; `openapi` writes the document from the same tables, so that it cannot say anything else than what is served.

mod answer;
mod api;
mod asked;
mod body;
mod condition;
mod cursor;
mod deferred;
mod dispatch;
mod docs;
mod drawing;
mod export;
mod filter;
mod gate;
mod handler;
mod header;
mod house;
mod keyed;
mod limit;
pub mod openapi;
mod peer;
mod perform;
mod query;
mod request_id;
mod route;
mod running;
mod shape;
mod trace;
pub mod transition;

pub use crate::view::body::object as read_object;
pub use answer::{json as json_answer, of as answer_of};
pub use api::Api;
pub use body::{read as read_body, require_form};
pub use deferred::Later;
pub use dispatch::{authenticate, method_not_allowed};
pub use gate::Gate;
pub use header::unauthorized;
pub use house::{House, service_operations};
pub use keyed::{Keyed, mount as mount_keyed};
pub use limit::{Limits, Rule, Rules};
pub use peer::{Header, Network, Proxies};
pub use query::require_none as require_no_query;
pub use route::Routes;

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

/// Mounts everything that is served.
pub fn mount(config: &mut ServiceConfig, extra: impl Fn(&mut ServiceConfig)) {
    extra(config);
    config
        .configure(docs::mount)
        .service(web::resource("/openapi.json").route(web::get().to(house::document)).default_service(web::route().to(only_get)))
        .service(web::resource("/livez").route(web::get().to(house::livez)).default_service(web::route().to(only_get)))
        .service(web::resource("/readyz").route(web::get().to(house::readyz)).default_service(web::route().to(only_get)))
        .service(web::resource("/problems/{kind}").route(web::get().to(house::problem_kind)).default_service(web::route().to(only_get)))
        .default_service(web::route().to(dispatch::dispatch));
}

/// The path answers to `GET` only.
async fn only_get(request: HttpRequest) -> HttpResponse {
    answer::problem(&request, &method_not_allowed(&[actix_web::http::Method::GET]))
}

/// The middleware that every request passes.
pub use request_id::request_id;
pub use trace::trace;
