//! `/docs`: Swagger UI, served from the binary itself, with a login against the token endpoint.

use super::AppState;
use super::openapi::lifecycle_diagram;
use super::request::header;
use super::serve::read_only::{read_only, reading};
use super::serve::state::Document;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG};
use actix_web::web::{Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;
use std::sync::{Arc, LazyLock};
use utoipa_swagger_ui::Config;

/// Only what the page itself brings; Swagger UI sets styles on its elements.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// The documents as the page offers them: each domain is one that a browser shows at once.
const DOCUMENTS: [(&str, &str); 11] = [
    ("strategy", "/openapi/strategy.json"),
    ("finance", "/openapi/finance.json"),
    ("infrastructure", "/openapi/infrastructure.json"),
    ("projects", "/openapi/projects.json"),
    ("security", "/openapi/security.json"),
    ("vendors", "/openapi/vendors.json"),
    ("teams", "/openapi/teams.json"),
    ("governance", "/openapi/governance.json"),
    ("platform", "/openapi/platform.json"),
    ("identity", "/openapi/identity.json"),
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
    config
        .service(read_only("/docs", reading().to(leading)))
        .service(read_only("/openapi/{domain}.json", reading().to(part)))
        .service(read_only("/openapi-3.0/{domain}.json", reading().to(older_part)))
        .service(read_only("/docs/lifecycles/{domain}/{collection}.svg", reading().to(lifecycle)))
        .service(read_only("/docs/swagger-initializer.js", reading().to(start)))
        .service(read_only("/docs/{file:.*}", reading().to(file)));
}

/// Leads to the page.
pub async fn leading() -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("Location", "/docs/")).finish()
}

/// The document of one domain.
async fn part(request: HttpRequest, domain: Path<String>, state: Data<AppState>) -> HttpResponse {
    sent(&request, state.documents_in_turn().await.of_domains.get(domain.as_str())).await
}

/// The same as OpenAPI 3.0.
async fn older_part(request: HttpRequest, domain: Path<String>, state: Data<AppState>) -> HttpResponse {
    sent(&request, state.documents_in_turn().await.older_of_domains.get(domain.as_str())).await
}

async fn sent(request: &HttpRequest, document: Option<&Document>) -> HttpResponse {
    match document {
        Some(document) => document.answer(request).await,
        None => super::response::answer::problem(request, &crate::error::Problem::not_found()),
    }
}

/// The lifecycle of a collection as a picture.
async fn lifecycle(request: HttpRequest, path: Path<(String, String)>, state: Data<AppState>) -> HttpResponse {
    let (domain, collection) = path.into_inner();
    let definition = state.store.definitions.get(&format!("{domain}/{collection}"));
    match definition.and_then(|definition| Some((definition, definition.lifecycle.as_ref()?))) {
        Some((definition, lifecycle)) => cached("image/svg+xml", "default-src 'none'", lifecycle_diagram::svg(definition.type_name, lifecycle).into_bytes()),
        None => super::response::answer::problem(&request, &crate::error::Problem::not_found()),
    }
}

async fn start() -> HttpResponse {
    cached("text/javascript; charset=utf-8", POLICY, START.as_bytes().to_vec())
}

/// Bytes of the page, which a browser keeps until they change.
fn cached(form: &str, policy: &str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(form)
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header((CACHE_CONTROL, "public, no-cache"))
        .insert_header((ETAG, header::tag(&bytes)))
        .body(bytes)
}

async fn file(request: HttpRequest, path: Path<String>, state: Data<AppState>) -> HttpResponse {
    let path = if path.is_empty() { "index.html" } else { path.as_str() };
    if path == "index.html" {
        // The page asks for a document next: it is written while the browser reads the page.
        actix_web::rt::spawn(async move {
            let _ = state.documents_in_turn().await;
        });
    }
    match utoipa_swagger_ui::serve(path, CONFIG.clone()) {
        Ok(Some(file)) => cached(&file.content_type, POLICY, file.bytes.into_owned()),
        _ => super::response::answer::problem(&request, &crate::error::Problem::not_found()),
    }
}
