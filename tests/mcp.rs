//! The API as tools for assistants, asked by the client of the protocol's own SDK over a socket.

use crate::harness::process::{EMAIL, PASSWORD, Running, agent};
use crate::on_each;
use http::{HeaderName, HeaderValue};
use rmcp::model::{CallToolRequestParams, ClientJsonRpcMessage};
use rmcp::service::{RoleClient, RunningService, ServiceExt};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::{StreamableHttpClient, StreamableHttpClientTransportConfig, StreamableHttpError, StreamableHttpPostResponse};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io;
use std::sync::Arc;

/// What the SDK's client sends its messages by.
#[derive(Clone)]
struct Http;

type Failure = StreamableHttpError<io::Error>;

impl StreamableHttpClient for Http {
    type Error = io::Error;

    async fn post_message(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        _: Option<Arc<str>>,
        token: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<StreamableHttpPostResponse, Failure> {
        let body = serde_json::to_string(&message)?;
        let send = move || {
            let mut request = agent().post(&*uri).header("Content-Type", "application/json").header("Accept", "application/json, text/event-stream");
            if let Some(token) = token {
                request = request.header("Authorization", format!("Bearer {token}"));
            }
            for (name, value) in &headers {
                request = request.header(name.as_str(), value.to_str().unwrap());
            }
            let mut answer = request.send(body).map_err(io::Error::other)?;
            Ok::<_, io::Error>((answer.status().as_u16(), answer.body_mut().read_to_string().map_err(io::Error::other)?))
        };
        let (status, text) = tokio::task::spawn_blocking(send).await?.map_err(StreamableHttpError::Client)?;
        match (status, serde_json::from_str(&text)) {
            (202, _) => Ok(StreamableHttpPostResponse::Accepted),
            (_, Ok(message)) => Ok(StreamableHttpPostResponse::Json(message, None)),
            _ => Err(StreamableHttpError::UnexpectedServerResponse(format!("{status} {text}").into())),
        }
    }

    async fn delete_session(&self, _: Arc<str>, _: Arc<str>, _: Option<String>, _: HashMap<HeaderName, HeaderValue>) -> Result<(), Failure> {
        Err(StreamableHttpError::ServerDoesNotSupportDeleteSession)
    }

    async fn get_stream(
        &self,
        _: Arc<str>,
        _: Option<Arc<str>>,
        _: Option<String>,
        _: Option<String>,
        _: HashMap<HeaderName, HeaderValue>,
    ) -> Result<futures_util::stream::BoxStream<'static, Result<sse_stream::Sse, sse_stream::Error>>, Failure> {
        Err(StreamableHttpError::ServerDoesNotSupportSse)
    }
}

/// An assistant with the token of somebody.
struct Assistant(RunningService<RoleClient, ()>);

impl Assistant {
    async fn of(running: &Running, token: &str) -> Result<Assistant, String> {
        let mut config = StreamableHttpClientTransportConfig::with_uri(running.url("/mcp"));
        config.auth_header = Some(token.to_owned());
        let transport = StreamableHttpClientTransport::with_client(Http, config);
        ().serve(transport).await.map(Assistant).map_err(|error| error.to_string())
    }

    /// What a tool answers, or the problem that it tells.
    async fn call(&self, tool: &'static str, arguments: Value) -> Result<Value, Value> {
        let asked = CallToolRequestParams::new(tool).with_arguments(arguments.as_object().cloned().unwrap());
        let answer = self.0.call_tool(asked).await.map_err(|error| json!({"protocol": error.to_string()}))?;
        let text = answer.content.first().and_then(|content| content.as_text()).map(|text| text.text.clone()).unwrap_or_default();
        let said: Value = serde_json::from_str(&text).unwrap();
        match answer.is_error {
            Some(true) => Err(said),
            _ => {
                assert_eq!(answer.structured_content.as_ref(), Some(&said), "the text says what the structure says");
                Ok(said)
            }
        }
    }

    async fn controls(&self) -> Vec<Value> {
        self.call("list_records", json!({"collection": "governance/controls"})).await.unwrap()["data"].as_array().unwrap().clone()
    }
}

/// What every message is sent with.
const USUAL: [(&str, &str); 2] = [("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream")];
const PING: &str = r#"{"jsonrpc": "2.0", "id": 1, "method": "ping"}"#;

/// A message as no SDK sends it: status, media type and body of the answer.
fn posted(running: &Running, token: &str, headers: &[(&str, &str)], body: &str) -> (u16, String, Value) {
    let mut request = ureq::http::Request::builder().method("POST").uri(running.url("/mcp")).header("Authorization", format!("Bearer {token}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut answer = agent().run(request.body(body.as_bytes()).unwrap()).unwrap();
    let form = answer.headers().get("content-type").map(|form| form.to_str().unwrap().to_owned()).unwrap_or_default();
    (answer.status().as_u16(), form, answer.body_mut().read_json().unwrap_or_default())
}

fn run(test: impl Future<Output = ()>) {
    actix_web::rt::System::new().block_on(test);
}

fn create(code: &str) -> Value {
    json!({"op": "create", "collection": "governance/controls", "body": {"code": code, "name": "A control of visitors", "kind": "preventive", "test_period_days": 30}})
}

on_each! {
    an_assistant_finds_its_way_from_the_catalogue_to_a_figure(place) {
        let running = Running::start(&place.url, true);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        run(async {
            let assistant = Assistant::of(&running, &token).await.unwrap();
            let told = assistant.0.peer_info().unwrap();
            assert!(told.instructions.as_ref().is_some_and(|text| text.contains("`propose`")), "{told:?}");
            let tools = assistant.0.list_all_tools().await.unwrap();
            for tool in &tools {
                assert!(tool.input_schema["properties"].is_object() && tool.description.is_some(), "{}", tool.name);
                let reads = tool.annotations.as_ref().unwrap().read_only_hint;
                assert_eq!(reads, Some(tool.name != "apply"), "{}: only one of them writes", tool.name);
            }
            let collections = assistant.call("list_collections", json!({"domain": "governance"})).await.unwrap();
            assert!(collections["domains"][0]["collections"].as_array().unwrap().iter().any(|each| each["collection"] == "governance/controls"), "{collections}");
            let described = assistant.call("describe_collection", json!({"collection": "governance/controls"})).await.unwrap();
            assert_eq!(described["schemas"]["ControlCreate"]["properties"]["code"]["type"], json!("string"), "{described}");
            assert!(described["lifecycle"]["transitions"].as_array().is_some_and(|moves| !moves.is_empty()), "{described}");
            let figures = assistant.call("list_figures", json!({"domain": "platform"})).await.unwrap();
            let overview = figures["figures"].as_array().unwrap().iter().find(|figure| figure["path"] == "platform/overview").unwrap();
            assert!(overview["description"].as_str().is_some_and(|text| text.len() > 20), "{overview}");
            let figure = assistant.call("figure", json!({"path": "platform/overview"})).await.unwrap();
            assert_eq!(figure, running.get(Some(&token), "/api/v1/platform/overview").1, "it is what the API says");
        });
    }

    a_message_that_cannot_be_read_is_refused_in_the_words_of_both_protocols(place) {
        let running = Running::start(&place.url, true);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        for (body, code) in [("{", -32700), ("", -32700), ("{}", -32600), ("[]", -32600), (r#"{"jsonrpc": "1.0", "id": 1, "method": "ping"}"#, -32600)] {
            let (status, form, told) = posted(&running, &token, &USUAL, body);
            assert_eq!((status, form.as_str()), (400, "application/problem+json"), "{body}: {told}");
            assert_eq!((&told["error"]["code"], &told["id"], &told["jsonrpc"], &told["status"]), (&json!(code), &Value::Null, &json!("2.0"), &json!(400)), "{body}: {told}");
        }
        for (headers, expected) in [(&USUAL[..1], 406), (&USUAL[1..], 415), (&[USUAL[1], ("Content-Type", "text/plain")], 415)] {
            let (status, form, told) = posted(&running, &token, headers, PING);
            assert_eq!((status, form.as_str(), &told["status"]), (expected, "application/problem+json", &json!(expected)), "{headers:?}: {told}");
        }
        assert_eq!(posted(&running, &token, &USUAL, PING).0, 200);
    }

    a_page_of_another_site_is_refused_unless_its_origin_is_listed(place) {
        let settings =
            [("STEWARD_ADMIN_EMAIL", EMAIL), ("STEWARD_ADMIN_PASSWORD", PASSWORD), ("STEWARD_PUBLIC_URL", "https://steward.example.org/"), ("STEWARD_CORS_ORIGINS", "https://app.example.org")];
        let running = Running::start_with(&place.url, &settings);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        for (origin, expected) in [("https://steward.example.org", 200), ("https://app.example.org", 200), ("https://other.example.org", 403), ("http://steward.example.org", 403), ("null", 403)] {
            let (status, _, told) = posted(&running, &token, &[USUAL[0], USUAL[1], ("Origin", origin)], PING);
            assert_eq!(status, expected, "{origin}: {told}");
        }
    }

    a_write_is_proposed_shown_and_applied_once(place) {
        let running = Running::start(&place.url, true);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        run(async {
            let assistant = Assistant::of(&running, &token).await.unwrap();
            let operations = json!([create("MCP-1")]);
            let proposed = assistant.call("propose", json!({"operations": operations})).await.unwrap();
            assert_eq!(proposed["results"][0]["status"], json!(201), "{proposed}");
            assert!(assistant.controls().await.is_empty(), "nothing is kept");
            let proposal = proposed["proposal"].clone();
            for (operations, proposal) in [(json!([create("MCP-2")]), proposal.clone()), (operations.clone(), json!("made up")), (operations.clone(), Value::Null)] {
                let refused = assistant.call("apply", json!({"operations": operations, "proposal": proposal})).await.unwrap_err();
                assert!(refused["detail"].as_str().is_some_and(|text| text.contains("Call propose with these operations")), "{refused}");
            }
            let apply = json!({"operations": operations, "proposal": proposal, "reason": "Die Gäste wünschten es ✓"});
            let applied = assistant.call("apply", apply.clone()).await.unwrap();
            assert_eq!(assistant.call("apply", apply).await.unwrap(), applied, "a second time it is told again");
            let controls = assistant.controls().await;
            assert_eq!(controls.len(), 1, "and done once");

            let id = controls[0]["id"].clone();
            let change = |revision: Value| json!([{"op": "update", "collection": "governance/controls", "id": id, "if_match": revision, "body": {"name": "Changed"}}]);
            let refused = assistant.call("propose", json!({"operations": change(Value::Null)})).await.unwrap_err();
            assert!(refused["detail"].as_str().is_some_and(|text| text.contains("if_match is missing")), "{refused}");
            let proposed = assistant.call("propose", json!({"operations": change(json!(1))})).await.unwrap();
            assistant.call("apply", json!({"operations": change(json!(1)), "proposal": proposed["proposal"]})).await.unwrap();
            let record = assistant.call("get_record", json!({"collection": "governance/controls", "id": id})).await.unwrap();
            assert_eq!((&record["name"], &record["revision"]), (&json!("Changed"), &json!(2)));
            let stale = assistant.call("propose", json!({"operations": change(json!(1))})).await.unwrap_err();
            assert_eq!((&stale["status"], &stale["results"][0]["status"]), (&json!(409), &json!(412)), "{stale}");

            let history = assistant.call("record_history", json!({"id": id})).await.unwrap();
            assert!(history["data"].as_array().unwrap().iter().any(|revision| revision["reason"] == "Die Gäste wünschten es ✓"), "{history}");
            let found = assistant.call("search", json!({"q": "changed"})).await.unwrap();
            assert_eq!(found["data"][0]["id"], id, "{found}");
            let trace = assistant.call("trace", json!({"id": id, "direction": "both"})).await.unwrap();
            assert_eq!(trace["nodes"][0]["id"], id, "{trace}");
            let filtered = assistant.call("list_records", json!({"collection": "governance/controls", "filter": "code = \"MCP-1\" AND name : \"chang\"", "fields": "code", "include_total": true})).await.unwrap();
            assert_eq!((&filtered["total_count"], &filtered["data"][0]), (&json!(1), &json!({"code": "MCP-1"})), "{filtered}");
        });
    }

    an_assistant_may_do_what_the_user_of_its_token_may_and_is_told_why_not(place) {
        let running = Running::start(&place.url, true);
        let admin = running.log_in(EMAIL, PASSWORD).unwrap();
        let (_, made) = running.send(&admin, "POST", "/api/v1/governance/controls", &create("MCP-3")["body"]);
        let id = made["id"].clone();
        let (_, user) = running.send(&admin, "POST", "/api/v1/identity/users", &json!({"email": "auditor@example.org", "name": "An auditor", "password": PASSWORD}));
        let none = running.log_in("auditor@example.org", PASSWORD).unwrap();
        run(async {
            let read = json!({"collection": "governance/controls", "id": id});
            let nobody = Assistant::of(&running, &none).await.unwrap();
            assert_eq!(nobody.call("get_record", read.clone()).await.unwrap_err()["status"], json!(404));
            assert!(nobody.controls().await.is_empty());
            let roles = running.get(Some(&admin), "/api/v1/identity/roles?code=auditor").1;
            let grant = json!({"principal_id": user["id"], "role_id": roles["data"][0]["id"], "unit_id": null});
            assert_eq!(running.send(&admin, "POST", "/api/v1/identity/grants", &grant).0, 201);
            std::thread::sleep(std::time::Duration::from_millis(1_100));
            let auditor = Assistant::of(&running, &running.log_in("auditor@example.org", PASSWORD).unwrap()).await.unwrap();
            assert_eq!(auditor.call("get_record", read).await.unwrap()["id"], id);
            let refused = auditor.call("propose", json!({"operations": [create("MCP-4")]})).await.unwrap_err();
            assert_eq!(refused["results"][0]["problem"]["status"], json!(403), "{refused}");
            for (tool, arguments, expected) in [
                ("get_record", json!({"collection": "governance/controls"}), "id is missing"),
                ("get_record", json!({"collection": "../auth/token", "id": "x"}), "is no path"),
                ("figure", json!({"path": "platform/overview?x=1"}), "is no path"),
                ("search", json!({"q": "a", "quick": true}), "search takes no quick"),
                ("describe_collection", json!({"collection": "governance/unknown"}), "There is no collection governance/unknown"),
                ("list_figures", json!({"domain": "unknown"}), "There is no such domain"),
            ] {
                let refused = auditor.call(tool, arguments).await.unwrap_err();
                assert!(refused["detail"].as_str().is_some_and(|text| text.contains(expected)), "{expected}: {refused}");
            }
            let unknown = auditor.call("delete_everything", json!({})).await.unwrap_err();
            assert!(unknown["protocol"].as_str().is_some_and(|text| text.contains("There is no tool delete_everything")), "{unknown}");
            assert!(Assistant::of(&running, "made.up.token").await.is_err_and(|error| error.contains("401")));
        });
        assert_eq!(running.send("made.up.token", "POST", "/mcp", &json!({})).0, 401);
        assert_eq!(running.get(Some(&admin), "/mcp").0, 405, "no session is kept, so there is no stream to open");
    }
}
