//! `/docs`: Swagger UI, served from the binary itself, with a login against the token endpoint.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use actix_web::web::{self, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use std::sync::{Arc, LazyLock};
use utoipa_swagger_ui::Config;

/// Only what the page itself brings; Swagger UI sets styles on its elements.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    Arc::new(
        Config::from("/openapi.json")
            .doc_expansion("none")
            .default_models_expand_depth(-1)
            .filter(true)
            .persist_authorization(true)
            .deep_linking(true)
            .validator_url("none"),
    )
});

/// Mounts the page.
pub fn mount(config: &mut ServiceConfig) {
    config.route("/docs", web::get().to(|| async { HttpResponse::SeeOther().insert_header(("Location", "/docs/")).finish() }));
    config.route("/docs/{file:.*}", web::get().to(file));
}

async fn file(request: HttpRequest, path: Path<String>) -> HttpResponse {
    let path = if path.is_empty() { "index.html" } else { path.as_str() };
    match utoipa_swagger_ui::serve(path, CONFIG.clone()) {
        Ok(Some(file)) => HttpResponse::Ok()
            .content_type(file.content_type)
            .insert_header((CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((CACHE_CONTROL, "no-cache"))
            .body(file.bytes.into_owned()),
        _ => super::answer::problem(&request, &crate::error::Problem::not_found()),
    }
}
