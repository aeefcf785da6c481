//! OAuth 2: tokens for who proves who it is, and what is told of them.
//!
//! `grant` reads a request for tokens and asks the grant that it names; a grant is a file of its own that ends in
//! `issue`. Every token belongs to a login ([`steward_core::access::login`]) and ends with it.

mod assertion;
mod authorization_code;
mod authorize;
mod client_credentials;
mod discovery;
mod form;
mod grant;
mod introspect;
mod issue;
mod log_in;
mod login_operation;
mod me;
mod page;
mod password;
mod provider_link;
mod providers;
pub mod redirect;
mod refresh;
mod refusal;
mod revoke;
mod schema;
mod token_request;

pub use form::{Client, Form};
pub use refusal::Refusal;
pub use token_request::TokenRequest;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{Error, HttpRequest, HttpResponse, Resource, Route};
use steward_core::http::openapi::Fixed;
use steward_core::http::{read_only, reading};

/// Mounts the endpoints.
pub fn mount(config: &mut ServiceConfig) {
    config
        .service(login_page("/api/v1/auth/authorize").route(reading().to(authorize::show)).route(web::post().to(authorize::log_in)))
        .service(login_page(providers::START).route(reading().to(providers::start)))
        .service(login_page(providers::CALLBACK).route(web::post().to(providers::callback)))
        .service(post("/api/v1/auth/token", web::post().to(grant::token)))
        .service(post("/api/v1/auth/revoke", web::post().to(revoke::revoke)))
        .service(post("/api/v1/auth/introspect", web::post().to(introspect::introspect)))
        .service(post("/api/v1/auth/password", web::post().to(password::change)))
        .service(read_only("/api/v1/auth/me", reading().to(me::me).wrap(from_fn(without_query))))
        .service(read_only(discovery::METADATA, reading().to(discovery::metadata)))
        .service(read_only(discovery::KEYS, reading().to(discovery::jwks)));
}

/// A page of the login; to other methods it answers with those it has.
fn login_page(path: &str) -> Resource {
    let methods: &'static [Method] = match path {
        providers::START => &[Method::GET, Method::HEAD],
        providers::CALLBACK => &[Method::POST],
        _ => &[Method::GET, Method::HEAD, Method::POST],
    };
    web::resource(path.to_owned()).default_service(
        web::route().to(move |request: HttpRequest| async move {
            steward_core::http::answer_of(&request, Err(steward_core::http::method_not_allowed(methods).into()))
        }),
    )
}

/// A door to which something is sent, and nothing in its address.
fn post(path: &str, route: Route) -> Resource {
    web::resource(path).route(route.wrap(from_fn(without_query))).default_service(web::route().to(only_post))
}

/// Refuses every query parameter (400): what is not known here, such as `dry_run`, is not taken for something that was done.
async fn without_query(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match steward_core::http::require_no_query(request.query_string()) {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(error) => {
            let answer = steward_core::http::answer_of(request.request(), Err(error));
            Ok(request.into_response(answer).map_into_right_body())
        }
    }
}

async fn only_post(request: HttpRequest) -> HttpResponse {
    steward_core::http::answer_of(&request, Err(steward_core::http::method_not_allowed(&[Method::POST]).into()))
}

/// What the document says of these endpoints.
pub fn operations() -> Vec<Fixed> {
    let [metadata, keys] = discovery::operations();
    let mut all = login_operation::all();
    all.extend([grant::operation(), revoke::operation(), introspect::operation(), me::operation(), password::operation(), metadata, keys]);
    all
}
