//! What the SDK asks: which tools there are, and what one answers.

use super::client::Client;
use super::tool::{self, TOOLS};
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData, Implementation, JsonObject, ListToolsResult, PaginatedRequestParams,
    ServerCapabilities, ServerConfig, Tool, ToolAnnotations,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::Value;
use std::sync::Arc;

/// What an assistant is told before it asks.
const INSTRUCTIONS: &str = "Steward holds the IT management of an organisation: strategy, finance, infrastructure, projects, security, vendors, teams, governance. \
     Find records by `search` or `list_records`, read one by `get_record`, follow its references by `trace`, and take numbers from `figure` instead of computing them. \
     `list_collections` and `list_figures` say what there is, `describe_collection` what a record of a collection has. \
     To write, call `propose` first: it tries the writes and keeps nothing. Show its answer to the user, and call `apply` only when the user agrees. \
     You see and may do what the user of the token may; a refusal says what is missing.";

/// The API as tools, for one request.
pub struct Assistant;

impl ServerHandler for Assistant {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        ServerConfig::new(capabilities).with_server_info(Implementation::new("steward", env!("CARGO_PKG_VERSION"))).with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(&self, _: Option<PaginatedRequestParams>, _: RequestContext<RoleServer>) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(TOOLS.iter().map(described).collect()))
    }

    async fn call_tool(&self, request: CallToolRequestParams, context: RequestContext<RoleServer>) -> Result<CallToolResponse, ErrorData> {
        let Some(tool) = TOOLS.iter().find(|tool| tool.name == request.name) else {
            return Err(ErrorData::invalid_params(format!("There is no tool {}. Ask tools/list for those that there are.", request.name), None));
        };
        let client = context.extensions.get::<http::request::Parts>().and_then(|parts| parts.extensions.get::<Client>()).cloned();
        let Some(client) = client else { return Err(ErrorData::internal_error("The tool cannot reach the API.", None)) };
        let outcome = tool::run(tool, &request.arguments.unwrap_or_default(), &client).await;
        let text = |value: &Value| vec![ContentBlock::text(value.to_string())];
        Ok(match outcome {
            Ok(value) => {
                let mut result = CallToolResult::success(text(&value));
                result.structured_content = Some(value);
                result
            }
            Err(problem) => CallToolResult::error(text(&problem)),
        }
        .into())
    }
}

fn described(tool: &tool::Described) -> Tool {
    let schema: JsonObject = (tool.schema)().as_object().cloned().unwrap_or_default();
    let annotations = ToolAnnotations::with_title(tool.title).read_only(tool.reads).destructive(!tool.reads).idempotent(tool.reads).open_world(false);
    Tool::new(tool.name, tool.description, Arc::new(schema)).with_title(tool.title).with_annotations(annotations)
}
