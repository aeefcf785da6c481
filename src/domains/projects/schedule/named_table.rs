//! Records as a table that people read and imports take: what refers to another record names it by its code, address or name.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use steward_core::error::Result;
use steward_core::formats::csv;
use steward_core::resource::value::{ListUse, hex};
use steward_core::resource::{Field, Id, ResourceType, Stored};
use steward_core::store::Reader;
use steward_core::view::Download;

/// The names by which a record is known, the best first.
const NAMES: [&str; 4] = ["code", "wbs_code", "email", "name"];

/// A table of records of a project.
pub struct NamedTable<'a> {
    /// What the records are.
    pub definition: &'static ResourceType,
    /// The project.
    pub project: Id,
    /// The code of the project, before what is named within it; none where each row names its project.
    pub prefix: Option<&'a str>,
}

impl NamedTable<'_> {
    /// The table of some records, in their order.
    pub fn print(&self, reader: &mut Reader<'_>, rows: &[Stored]) -> Result<String> {
        let documents: Vec<Map<String, Value>> = rows.iter().map(|stored| reader.document(self.definition, stored)).collect();
        let fields: Vec<&'static Field> = self.definition.written_fields().filter(|field| !field.read_only && field.name != "custom").collect();
        let mut labels: HashMap<&str, HashMap<String, String>> = HashMap::new();
        for field in fields.iter().filter(|field| !field.refers_to.is_empty()) {
            labels.insert(field.name, self.labels(reader, field, &documents)?);
        }
        let mut text = String::new();
        let header: Vec<String> = fields.iter().flat_map(|field| columns(field)).collect();
        csv::write_row(header.iter().map(|name| Some(name.as_str())), &mut text);
        for document in &documents {
            let cells: Vec<Option<String>> = fields.iter().flat_map(|field| cells(field, document.get(field.name), labels.get(field.name))).collect();
            csv::write_row(cells.iter().map(Option::as_deref), &mut text);
        }
        Ok(text)
    }

    /// What the records that a field names are known by; one that nothing tells from others is left out, and stands by its id.
    fn labels(&self, reader: &mut Reader<'_>, field: &'static Field, documents: &[Map<String, Value>]) -> Result<HashMap<String, String>> {
        let mut ids: Vec<Id> = documents.iter().filter_map(|document| Id::parse(document.get(field.name)?.as_str()?)).collect();
        ids.sort_unstable();
        ids.dedup();
        let row = Map::from_iter([("project_id".to_owned(), Value::from(self.project.to_string()))]);
        let mut labels = HashMap::new();
        for target in field.refers_to.iter().filter_map(|path| reader.store.definitions.get(path)) {
            for stored in reader.find_all(target, &ids)? {
                let (id, document) = (stored.meta.id, reader.document(target, &stored));
                let Some((name, label)) = NAMES.iter().find_map(|name| Some((*name, document.get(*name)?.as_str()?.to_owned()))) else { continue };
                let within = (name == "wbs_code").then_some(self.prefix).flatten().filter(|_| document.get("project_id") == row.get("project_id"));
                let label = within.map_or(label.clone(), |prefix| format!("{prefix}/{label}"));
                // A code tells by itself; of what else people say several may be called the same.
                if name == "code" || reader.find_by_name(field, &label, &row)?.as_slice() == [id] {
                    labels.insert(id.to_string(), label);
                }
            }
        }
        Ok(labels)
    }
}

/// A table to download.
pub fn download(name: String, text: String) -> Download {
    let bytes = text.into_bytes();
    Download { name, content_type: "text/csv; charset=utf-8".into(), sha256: hex(&Sha256::digest(&bytes)), bytes }
}

/// The columns of a field: money has two, and a reference its bare name.
fn columns(field: &Field) -> Vec<String> {
    match field.name.strip_suffix("_id") {
        Some(bare) if !field.refers_to.is_empty() => vec![bare.to_owned()],
        _ if field.list_use == ListUse::Parts => vec![format!("{}.amount", field.name), format!("{}.currency", field.name)],
        _ => vec![field.name.to_owned()],
    }
}

fn cells(field: &Field, value: Option<&Value>, labels: Option<&HashMap<String, String>>) -> Vec<Option<String>> {
    if field.list_use == ListUse::Parts {
        return ["amount", "currency"].map(|part| value.and_then(|value| value.get(part)).and_then(Value::as_str).map(str::to_owned)).to_vec();
    }
    vec![match value {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(csv::guarded(labels.and_then(|labels| labels.get(text)).unwrap_or(text))),
        Some(other) => Some(other.to_string()),
    }]
}
