//! The tools: what each is called, what it takes, and which calls of the API it is.

use super::catalogue;
use super::client::Client;
use super::mistake::mistake;
use super::proposal;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

/// A tool as it is told of.
pub struct Described {
    /// Its name.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it does and when to use it.
    pub description: &'static str,
    /// The JSON schema of its arguments.
    pub schema: fn() -> Value,
    /// Whether it keeps everything as it is.
    pub reads: bool,
}

/// All of them.
pub const TOOLS: &[Described] = &[
    Described {
        name: "list_collections",
        title: "List collections",
        description: "The collections of records, by domain, each with a sentence of what a record of it is. Begin here when you do not know where something is kept.",
        schema: || object(json!({"domain": text("Only those of this domain, such as `finance`.")}), &[]),
        reads: true,
    },
    Described {
        name: "describe_collection",
        title: "Describe a collection",
        description: "The JSON schema of a collection's records (types, limits, references), of what a create takes, an example, and its states with the transitions between them. Read it before you filter or write.",
        schema: || object(json!({"collection": collection()}), &["collection"]),
        reads: true,
    },
    Described {
        name: "search",
        title: "Search",
        description: "Full-text search over the records of all collections that the user may read, best first. Gives ids, collections and titles.",
        schema: || {
            let kinds = text("Only these collections, with commas between them.");
            object(json!({"q": text("The words to look for."), "kinds": kinds, "limit": whole(1, 200, "Number of hits.")}), &["q"])
        },
        reads: true,
    },
    Described {
        name: "list_records",
        title: "List records",
        description: "Records of a collection: filtered, sorted and paged. `filter` is a condition such as `state = \"active\" AND ends_on < \"2027-01-01\"` over the fields that describe_collection names (= != < <= > >= : AND OR NOT, parentheses, one step through a reference: vendor.tier = \"strategic\"). Give `next_cursor` of one answer as `cursor` of the next call, with the same arguments.",
        schema: || {
            object(
                json!({
                    "collection": collection(),
                    "filter": text("The condition; without it all records."),
                    "q": text("Words that the record must have."),
                    "sort": text("Fields with commas between them; - before a field sorts from the greatest: `-updated_at,name`."),
                    "fields": text("Only these fields, with commas between them."),
                    "expand": text("References to be shown as records, with commas between them."),
                    "limit": whole(1, 200, "Number of records; 50 if left out."),
                    "cursor": text("`next_cursor` of the page before."),
                    "include_total": json!({"type": "boolean", "description": "Whether to count all records that match."}),
                }),
                &["collection"],
            )
        },
        reads: true,
    },
    Described {
        name: "get_record",
        title: "Get a record",
        description: "One record by its id. Keep its `revision`: a write names it as `if_match`. With `as_of` the record as it was then.",
        schema: || {
            let expand = text("References to be shown as records, with commas between them.");
            object(json!({"collection": collection(), "id": id(), "expand": expand, "as_of": text("A time in the past, RFC 3339.")}), &["collection", "id"])
        },
        reads: true,
    },
    Described {
        name: "record_history",
        title: "History of a record",
        description: "Who changed a record, when and why, with the fields before and after.",
        schema: || object(json!({"id": id()}), &["id"]),
        reads: true,
    },
    Described {
        name: "trace",
        title: "Trace",
        description: "The records that a record depends on (`up`), that depend on it (`down`), or both, across all domains, as nodes and edges: what breaks if it fails, whom a decision touches.",
        schema: || {
            object(
                json!({
                    "id": id(),
                    "direction": json!({"type": "string", "enum": ["up", "down", "both"], "description": "The way to walk; both if left out."}),
                    "depth": whole(1, 20, "Number of steps; 3 if left out."),
                    "kinds": text("Only these collections, with commas between them."),
                }),
                &["id"],
            )
        },
        reads: true,
    },
    Described {
        name: "list_figures",
        title: "List figures",
        description: "The figures that the service computes (budget positions, risk heat maps, earned value, coverage and so on): path, meaning, formula, parameters.",
        schema: || object(json!({"domain": text("Only those of this domain, such as `security`.")}), &[]),
        reads: true,
    },
    Described {
        name: "figure",
        title: "Figure",
        description: "Computes a figure that list_figures names. Quote its numbers as they are; where it says `partial`, say that it leaves out what the user may not read.",
        schema: || {
            let query = json!({"type": "object", "description": "The parameters that list_figures names for it.", "additionalProperties": true});
            object(json!({"path": text("The path as list_figures gives it, such as `finance/budgets/{id}/position`."), "id": id(), "query": query}), &["path"])
        },
        reads: true,
    },
    Described {
        name: "propose",
        title: "Propose writes",
        description: "Tries writes and keeps nothing: every rule and permission is asked, and each result is as the real call would answer. Gives a `proposal` that `apply` takes together with the same operations. Show the results to the user before.",
        schema: || object(json!({"operations": proposal::operations()}), &["operations"]),
        reads: true,
    },
    Described {
        name: "apply",
        title: "Apply proposed writes",
        description: "Does what was proposed, all of it or nothing, once: the same operations and the `proposal` that propose gave. Only after the user has agreed. Where a record has changed since, it is refused (412): read it again and propose anew.",
        schema: || {
            let reason = text("Why the change is made, in the user's words; kept in the history.");
            object(json!({"operations": proposal::operations(), "proposal": text("As propose gave it."), "reason": reason}), &["operations", "proposal"])
        },
        reads: false,
    },
];

fn object(properties: Value, required: &[&str]) -> Value {
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn text(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

fn whole(least: u32, most: u32, description: &str) -> Value {
    json!({"type": "integer", "minimum": least, "maximum": most, "description": description})
}

fn collection() -> Value {
    text("The collection as domain/collection, such as `vendors/contracts`.")
}

fn id() -> Value {
    json!({"type": "string", "format": "uuid", "description": "The record's id."})
}

/// What a tool answers, or the problem that it meets.
pub async fn run(tool: &Described, arguments: &Map<String, Value>, client: &Client) -> Result<Value, Value> {
    let known = (tool.schema)();
    if let Some(unknown) = arguments.keys().find(|name| known["properties"].get(name.as_str()).is_none()) {
        return Err(mistake(format!("{} takes no {unknown}. Its arguments are in tools/list.", tool.name)));
    }
    let given = Given(arguments);
    match tool.name {
        "list_collections" => catalogue::collections(&client.api, given.text("domain")),
        "describe_collection" => catalogue::describe(&client.api, given.needed("collection")?),
        "search" => client.get(address("/api/v1/platform/search", &given, &["q", "kinds", "limit"])).await,
        "list_records" => {
            let names = ["filter", "q", "sort", "fields", "expand", "limit", "cursor", "include_total"];
            client.get(address(&format!("/api/v1/{}", given.collection()?), &given, &names)).await
        }
        "get_record" => client.get(address(&format!("/api/v1/{}/{}", given.collection()?, given.id()?), &given, &["expand", "as_of"])).await,
        "record_history" => client.get(address(&format!("/api/v1/platform/resources/{}/history", given.id()?), &given, &[])).await,
        "trace" => client.get(address(&format!("/api/v1/platform/resources/{}/trace", given.id()?), &given, &["direction", "depth", "kinds"])).await,
        "list_figures" => catalogue::figures(&client.api, given.text("domain")),
        "figure" => figure(client, &given).await,
        "propose" => proposal::propose(client, arguments).await,
        _ => proposal::apply(client, arguments).await,
    }
}

async fn figure(client: &Client, given: &Given<'_>) -> Result<Value, Value> {
    let path = given.needed("path")?.trim_start_matches("/api/v1/").to_owned();
    let path = match path.contains("{id}") {
        true => path.replace("{id}", &given.id()?),
        false => path,
    };
    let none = Map::new();
    let query = given.0.get("query").and_then(Value::as_object).unwrap_or(&none);
    let names: Vec<&str> = query.keys().map(String::as_str).collect();
    client.get(address(&format!("/api/v1/{}", segments(&path)?), &Given(query), &names)).await
}

/// A path of plain segments: nothing in it leads out of the API.
fn segments(path: &str) -> Result<String, Value> {
    let plain = |segment: &str| !segment.is_empty() && segment.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    match path.split('/').all(plain) {
        true => Ok(path.to_owned()),
        false => Err(mistake(format!("{path} is no path. Give it as list_figures or list_collections does."))),
    }
}

/// An address of the API with those arguments that are given as its query.
fn address(path: &str, given: &Given<'_>, names: &[&str]) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs = names.iter().filter_map(|name| Some(format!("{}={}", encoded(name), encoded(&given.plain(name)?))));
    let query: Vec<String> = pairs.collect();
    format!("{path}{}{}", if query.is_empty() { "" } else { "?" }, query.join("&"))
}

/// The arguments of a call.
struct Given<'a>(&'a Map<String, Value>);

impl Given<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    fn needed(&self, name: &str) -> Result<&str, Value> {
        self.text(name).ok_or_else(|| mistake(format!("{name} is missing: expected a text.")))
    }

    fn collection(&self) -> Result<String, Value> {
        segments(self.needed("collection")?.trim_start_matches("/api/v1/"))
    }

    fn id(&self) -> Result<String, Value> {
        segments(self.needed("id")?)
    }

    /// A text, number or truth value as it stands in an address.
    fn plain(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }
}
