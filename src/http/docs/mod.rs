//! `/docs`: Swagger UI, served from the binary itself, with a login against the token endpoint.

use super::AppState;
use super::openapi::lifecycle_diagram;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;
use std::sync::{Arc, LazyLock};
use utoipa_swagger_ui::Config;

/// Only what the page itself brings; Swagger UI sets styles on its elements.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// The documents as the page offers them: each domain is one that a browser shows at once.
const DOCUMENTS: [(&str, &str); 11] = [
    ("strategy", "/docs/domains/strategy.json"),
    ("finance", "/docs/domains/finance.json"),
    ("infrastructure", "/docs/domains/infrastructure.json"),
    ("projects", "/docs/domains/projects.json"),
    ("security", "/docs/domains/security.json"),
    ("vendors", "/docs/domains/vendors.json"),
    ("teams", "/docs/domains/teams.json"),
    ("governance", "/docs/domains/governance.json"),
    ("platform", "/docs/domains/platform.json"),
    ("identity", "/docs/domains/identity.json"),
    ("all domains at once (slow)", "/openapi.json"),
];

/// How the page starts, with its documents in place.
static START: LazyLock<String> = LazyLock::new(|| {
    let documents: Vec<_> = DOCUMENTS.iter().map(|(name, url)| json!({"name": name, "url": url})).collect();
    include_str!("page.js").replace("DOCUMENTS", &json!(documents).to_string())
});

/// The page asks for its own start, not for the one that this would write.
static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| Arc::new(Config::from("/openapi.json")));

/// Mounts the page.
pub fn mount(config: &mut ServiceConfig) {
    config.route("/docs", web::get().to(|| async { HttpResponse::SeeOther().insert_header(("Location", "/docs/")).finish() }));
    config.route("/docs/domains/{domain}.json", web::get().to(part));
    config.route("/docs/lifecycles/{domain}/{collection}.svg", web::get().to(lifecycle));
    config.route("/docs/swagger-initializer.js", web::get().to(start));
    config.route("/docs/{file:.*}", web::get().to(file));
}

/// The document of one domain.
async fn part(request: HttpRequest, domain: Path<String>, state: Data<AppState>) -> HttpResponse {
    match state.documents().of_domains.get(domain.as_str()) {
        Some(part) => HttpResponse::Ok().content_type("application/json").insert_header((CACHE_CONTROL, "no-cache")).body(part.clone()),
        None => super::response::answer::problem(&request, &crate::error::Problem::not_found()),
    }
}

/// The lifecycle of a collection as a picture.
async fn lifecycle(request: HttpRequest, path: Path<(String, String)>, state: Data<AppState>) -> HttpResponse {
    let (domain, collection) = path.into_inner();
    let definition = state.store.definitions.get(&format!("{domain}/{collection}"));
    match definition.and_then(|definition| Some((definition, definition.lifecycle.as_ref()?))) {
        Some((definition, lifecycle)) => HttpResponse::Ok()
            .content_type("image/svg+xml")
            .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'"))
            .insert_header((CACHE_CONTROL, "no-cache"))
            .body(lifecycle_diagram::svg(definition.type_name, lifecycle)),
        None => super::response::answer::problem(&request, &crate::error::Problem::not_found()),
    }
}

async fn start() -> HttpResponse {
    HttpResponse::Ok().content_type("text/javascript; charset=utf-8").insert_header((CACHE_CONTROL, "no-cache")).body(START.as_str())
}

async fn file(request: HttpRequest, path: Path<String>) -> HttpResponse {
    let path = if path.is_empty() { "index.html" } else { path.as_str() };
    match utoipa_swagger_ui::serve(path, CONFIG.clone()) {
        Ok(Some(file)) => HttpResponse::Ok()
            .content_type(file.content_type)
            .insert_header((CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((CACHE_CONTROL, "no-cache"))
            .body(file.bytes.into_owned()),
        _ => super::response::answer::problem(&request, &crate::error::Problem::not_found()),
    }
}
