//! The running service as the handlers see it, and the few addresses that are not part of the API.

use super::authenticator::Authenticator;
use super::cors::Origins;
use super::deferred::Later;
use super::large::LargeBodies;
use super::latest::Latest;
use super::metrics::{self, Metrics};
use super::readiness::{self, Readiness};
use super::route::Routes;
use super::running_request::Running;
use crate::access::api_token::Uses;
use crate::access::security_event::Lately;
use crate::access::token::Keys;
use crate::error::{Kind, Problem};
use crate::http::limit::rate::Limits;
use crate::http::openapi;
use crate::http::openapi::api::Api;
use crate::http::request::header;
use crate::http::response::answer;
use crate::http::response::coded::Coded;
use crate::outgoing::Outgoing;
use crate::store::Store;
use crate::view::Figures;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, ETAG};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

/// What every handler needs.
pub struct AppState {
    /// The data.
    pub store: Store,
    /// The keys that sign access tokens.
    pub keys: Keys,
    /// Who has shown a valid token.
    pub authenticator: Authenticator,
    /// How often anyone may ask.
    pub limits: Limits,
    /// The paths of the API.
    pub routes: Routes,
    /// The figures that lists can add, by collection.
    pub figures: HashMap<&'static str, &'static Figures>,
    /// The whole API.
    pub api: Arc<Api>,
    documents: Arc<OnceLock<Documents>>,
    /// The requests with an `Idempotency-Key` that are running.
    pub running: Running,
    /// Which uses of API tokens are written down.
    pub uses: Uses,
    /// Who does calls later.
    pub later: Later,
    /// What is asked of other services.
    pub outgoing: Outgoing,
    /// The origins whose pages may call the API.
    pub origins: Origins,
    /// True once the service is asked to stop: `/readyz` turns red so that no new work is sent here.
    pub closing: AtomicBool,
    /// Which security events were told lately.
    pub lately: Lately,
    /// What was found of the service's readiness.
    pub readiness: Readiness,
    /// The position of the last event, for feeds that stay open.
    pub latest: Latest,
    /// How it does, in figures.
    pub metrics: Metrics,
    /// The large bodies that are here.
    pub large: LargeBodies,
}

impl AppState {
    /// A service that serves an API.
    pub fn new(api: &Arc<Api>, store: Store, keys: Keys, limits: Limits, later: Later, outgoing: Outgoing, metrics: Metrics) -> Self {
        let routes = Routes::new(api.definitions.all(), &api.operations());
        AppState {
            store,
            keys,
            authenticator: Authenticator::default(),
            limits,
            routes,
            later,
            outgoing,
            figures: api.figures(),
            api: api.clone(),
            documents: Arc::default(),
            running: Running::default(),
            uses: Uses::default(),
            origins: Origins::default(),
            closing: AtomicBool::new(false),
            lately: Lately::default(),
            readiness: Readiness::default(),
            latest: Latest::default(),
            metrics,
            large: LargeBodies::default(),
        }
    }

    /// The OpenAPI document, written when it is first asked for, by another thread than those that serve.
    pub async fn documents_in_turn(&self) -> &Documents {
        if self.documents.get().is_none() {
            let (documents, api, issuer) = (self.documents.clone(), self.api.clone(), self.keys.issuer().to_owned());
            // Whatever becomes of that thread, it is written below at the latest.
            let _ = tokio::task::spawn_blocking(move || documents.get_or_init(|| Documents::of(&api, &issuer)).of_domains.len()).await;
        }
        self.documents.get_or_init(|| Documents::of(&self.api, self.keys.issuer()))
    }
}

/// The OpenAPI document, whole and by domain.
pub struct Documents {
    /// All of it.
    pub whole: Document,
    /// What one domain has, with the schemas that it needs: what a page shows at once.
    pub of_domains: HashMap<&'static str, Document>,
    /// All of it as OpenAPI 3.0.
    pub older: Document,
    /// The same as OpenAPI 3.0.
    pub older_of_domains: HashMap<&'static str, Document>,
}

/// A document as it is sent.
pub struct Document {
    bytes: Coded,
    tag: String,
}

impl Document {
    fn of(text: &str) -> Document {
        Document { tag: header::tag(text.as_bytes()), bytes: Coded::new(text.as_bytes()) }
    }

    /// The answer: whoever has it already is told so.
    pub async fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let (bytes, coding) = self.bytes.for_client(request).await;
        let mut answer = HttpResponse::Ok();
        answer.content_type("application/json").insert_header((CACHE_CONTROL, "public, no-cache")).insert_header((ETAG, self.tag.as_str()));
        if let Some(coding) = coding {
            answer.insert_header((CONTENT_ENCODING, coding));
        }
        answer.body(bytes)
    }
}

impl Documents {
    fn of(api: &Api, issuer: &str) -> Documents {
        let mut document = openapi::document(api);
        openapi::absolute(&mut document["components"]["securitySchemes"], issuer);
        let parts = |whole: &Value, print: fn(&Value) -> String| {
            let part = |name: &'static str| (name, Document::of(&print(&openapi::of_domain(whole, name))));
            (Document::of(&print(whole)), api.domains.iter().map(|domain| part(domain.name)).collect())
        };
        let (whole, of_domains) = parts(&document, openapi::pretty);
        let (older, older_of_domains) = parts(&openapi::older(document, issuer), Value::to_string);
        Documents { whole, of_domains, older, older_of_domains }
    }
}

/// `GET /openapi.json`.
pub async fn document(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    state.documents_in_turn().await.whole.answer(&request).await
}

/// `GET /openapi-3.0.json`.
pub async fn older_document(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    state.documents_in_turn().await.older.answer(&request).await
}

/// `GET /livez`: the process runs.
pub async fn livez() -> HttpResponse {
    answer::json(200, &json!({"status": "live"}))
}

/// `GET /problems/{kind}`: what a kind of problem means.
pub async fn problem_kind(request: HttpRequest, slug: Path<String>) -> HttpResponse {
    match Kind::ALL.iter().find(|kind| kind.slug() == slug.as_str()) {
        Some(kind) => answer::json(
            200,
            &json!({"type": format!("/problems/{}", kind.slug()), "status": kind.status(), "title": kind.title(), "meaning": kind.meaning().trim()}),
        ),
        None => answer::problem(&request, &Problem::not_found()),
    }
}

/// A document as an answer.
fn openapi_document() -> Value {
    json!({"type": "object", "description": "An OpenAPI document.", "additionalProperties": true})
}

/// What the document says of the addresses that are not part of the API.
pub fn service_operations() -> Vec<openapi::Fixed> {
    let status = json!({"type": "object", "description": "The health of the service.", "required": ["status"], "properties": {"status": {"type": "string", "description": "A word for it."}}});
    let health = json!({"$ref": "#/components/schemas/Health"});
    let get = |path, operation_id, summary, description, problems: &'static [Kind], answer: Value, schemas: Vec<(&'static str, Value)>| openapi::Fixed {
        path,
        method: "get",
        operation_id,
        summary,
        description,
        public: true,
        permissions: &[],
        path_parameter: None,
        query: &[],
        request: None,
        answers: vec![(200, "The answer.", "application/json", answer)],
        problems,
        schemas,
    };
    let kind = json!({"type": "object", "description": "Kind of problem, with its meaning.", "required": ["type", "status", "title", "meaning"], "properties": {
        "type": {"type": "string", "description": "Path of the kind."},
        "status": {"type": "integer", "description": "HTTP status."},
        "title": {"type": "string", "description": "Kind of problem in a few words."},
        "meaning": {"type": "string", "description": "Meaning of the problem, with the next step."},
    }});
    let mut explain = get(
        "/problems/{kind}",
        "get_problem_kind",
        "Explain a kind of problem",
        "Meaning of the `type` of a problem document, with the next step.",
        &[Kind::NotFound, Kind::MethodNotAllowed],
        json!({"$ref": "#/components/schemas/ProblemKind"}),
        vec![("ProblemKind", kind)],
    );
    explain.path_parameter = Some(("kind", "The last part of the problem's `type`."));
    let mut of_domain = get(
        "/openapi/{domain}.json",
        "get_openapi_of_domain",
        "Get the document of a domain",
        "The part of the document that describes one domain, complete by itself: with logins and the service's own operations. Generate clients from it.",
        &[Kind::NotFound, Kind::MethodNotAllowed],
        openapi_document(),
        vec![],
    );
    of_domain.path_parameter = Some(("domain", "The domain, such as vendors."));
    let mut older_of_domain = get(
        "/openapi-3.0/{domain}.json",
        "get_openapi_3_0_of_domain",
        "Get the document of a domain as OpenAPI 3.0",
        "The part of the OpenAPI 3.0 document that describes one domain, complete by itself.",
        &[Kind::NotFound, Kind::MethodNotAllowed],
        openapi_document(),
        vec![],
    );
    older_of_domain.path_parameter = of_domain.path_parameter;
    vec![
        get(
            "/livez",
            "get_liveness",
            "Is the process alive",
            "Answers as long as the process runs; asks nothing else.",
            &[Kind::MethodNotAllowed],
            health,
            vec![("Health", status)],
        ),
        readiness::operation(),
        metrics::operation(),
        get("/openapi.json", "get_openapi", "Get this document", "The OpenAPI document of the service.", &[Kind::MethodNotAllowed], openapi_document(), vec![]),
        of_domain,
        get(
            "/openapi-3.0.json",
            "get_openapi_3_0",
            "Get this document as OpenAPI 3.0",
            "The same document for generators that know no OpenAPI 3.1: addresses are absolute, a body has one media type, and what an operation answers has one type where it succeeds and one where it is refused.",
            &[Kind::MethodNotAllowed],
            openapi_document(),
            vec![],
        ),
        older_of_domain,
        explain,
    ]
}
