//! The HTTP face: from a request to the store and back, once for every collection.
//!
//! `authenticator` knows who calls, `limit` how often they may; `route` finds what a path names; `handler` answers the usual operations; `view` is
//! what a domain adds; `mcp` is the API as tools for assistants; `openapi` writes the document from the same tables, so that it cannot say anything else than what is served.

mod limit;
mod mcp;
mod request;
mod response;
mod serve;

mod docs;
pub mod openapi;

pub use crate::view::body::object as read_object;
pub use limit::client_address::{Header, Network, Proxies};
pub use limit::connection::Connections;
pub use limit::rate::{Limits, Rule, Rules};
pub use openapi::api::Api;
pub use request::body::{read as read_body, require_form};
pub use request::header::unauthorized;
pub use request::query::require_none as require_no_query;
pub use request::saved::{fault_for, fault_of_list, filter_of_list};
pub use request::transition;
pub use response::answer::{is_shown_inline, json as json_answer, of as answer_of};
pub use serve::authenticator::Authenticator;
pub use serve::cors::Origins;
pub use serve::deferred::Later;
pub use serve::dispatch::{authenticate, method_not_allowed};
pub use serve::figure::AddressedFigure;
pub use serve::metrics::{Access as MetricsAccess, Metrics};
pub use serve::read_only::{read_only, reading};
pub use serve::route::Routes;
pub use serve::secret_address::{Keyed, Owned, mount as mount_keyed};
pub use serve::state::{AppState, service_operations};

use actix_web::web::{self, ServiceConfig};

/// Mounts everything that is served.
pub fn mount(config: &mut ServiceConfig, extra: impl Fn(&mut ServiceConfig)) {
    extra(config);
    config
        .configure(docs::mount)
        .service(read_only("/", reading().to(docs::leading)))
        .service(read_only("/openapi.json", reading().to(serve::state::document)))
        .service(read_only("/openapi-3.0.json", reading().to(serve::state::older_document)))
        .service(read_only("/livez", reading().to(serve::state::livez)))
        .service(read_only("/readyz", reading().to(serve::probe::readyz)))
        .service(read_only("/metrics", reading().to(serve::probe::metrics)))
        .service(read_only("/problems/{kind}", reading().to(serve::state::problem_kind)))
        .service(web::resource("/mcp").route(web::route().to(mcp::answer)))
        .default_service(web::route().to(serve::dispatch::dispatch));
}

/// The middleware that every request passes, from the outermost on; CORS and compression stand between them.
pub use serve::request_id::request_id;
pub use serve::request_log::trace;
pub use serve::transfer::answering;
