//! Files: what was uploaded, kept by what it contains.

use crate::access::Session;
use crate::database::{Cell, Kind, Statement};
use crate::error::{Broken, Problem, Result};
use crate::http::view::{Call, Download, Parameter, Prepared, Run, View};
use crate::resource::value::{Text, Title, Whole, hex, of_type};
use crate::resource::{Id, Operations, Resource, Scope};
use crate::store::{Outcome, Reader, Store, Writer, visible};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use utoipa::openapi::schema::{Schema, Type};

crate::resource! {
    /// An uploaded file. Who uploaded it sees it; whoever sees a record that refers to it may download it.
    pub struct File {
        /// What it is called.
        #[field(search)]
        pub name: Title,
        /// Its media type, as the uploader gave it.
        pub content_type: Text<3, 200>,
        /// Its size in bytes.
        pub size: Whole<0, { 25 << 20 }>,
        /// SHA-256 of its content, in hexadecimal.
        pub sha256: Text<64, 64>,
    }
}

impl Resource for File {
    const PATH: &'static str = "platform/files";
    type Table = steward_schema::platform::files::table;
    const SCOPE: Scope = Scope::Own;
    const OPERATIONS: Operations = Operations { create: false, update: false, delete: true };

    fn sample() -> Self {
        File { name: "agreement.pdf".into(), content_type: "application/pdf".into(), size: Whole(52_113), sha256: Text("0".repeat(64)) }
    }
}

/// `POST platform/files`.
pub static UPLOAD: View = View {
    path: "platform/files",
    operation_id: "upload_file",
    summary: "Upload a file",
    description: "Keeps the body as a file of at most 25 MB; its media type is what Content-Type says. Attach it to a record by platform/attachments, or name it where a field takes a file.",
    permissions: &["platform.files:create"],
    parameters: &[Parameter { name: "name", description: "what the file is called, such as agreement.pdf", words: &[], required: false }],
    answer,
    run: Run::Write { forms: &["*/*"], limit: 25 << 20, long: false, body, example: |_| "The bytes of the file.".into(), prepare, apply },
};

/// `GET platform/files/{id}/content`.
pub static CONTENT: View = View {
    path: "platform/files/{id}/content",
    operation_id: "download_file",
    summary: "Download a file",
    description: "The bytes of a file, always as an attachment. Who uploaded it may download it, and whoever sees a record that refers to it.",
    permissions: &[],
    parameters: &[],
    answer: || of_type(Type::String).description(Some("The bytes of the file.")).into(),
    run: Run::Download(content),
};

fn prepare(_: &Store, _: &Session, call: &Call) -> Result<Prepared> {
    let name = call.parameter("name").unwrap_or("file");
    let mut members = Map::new();
    // A name is a label and never a path: only its last part stays.
    let name: String = name.rsplit(['/', '\\']).next().unwrap_or("file").chars().filter(|letter| !letter.is_control()).take(200).collect();
    members.insert("name".into(), if name.trim().is_empty() { "file".into() } else { name.into() });
    members.insert("content_type".into(), call.form.clone().into());
    members.insert("size".into(), call.body.len().into());
    members.insert("sha256".into(), hex(&Sha256::digest(&call.body)).into());
    if call.form.len() < 3 || !call.form.contains('/') {
        return Err(Problem::invalid(vec![Broken::new("", "content_type", "Say in Content-Type what the file is, such as application/pdf.")]).into());
    }
    Ok(Box::new(members))
}

fn apply(writer: &mut Writer<'_>, call: &Call, prepared: &Prepared) -> Result<Outcome> {
    let members = prepared.downcast_ref::<Map<String, Value>>().ok_or_else(Problem::not_found)?.clone();
    let digest = members.get("sha256").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut keep = Statement::new("INSERT INTO blobs (sha256, content) VALUES (");
    keep.bind(digest).push(", ").bind(call.body.to_vec()).push(") ON CONFLICT (sha256) DO NOTHING");
    keep.execute(writer.connection)?;
    let definition = writer.definition::<File>()?;
    let stored = writer.create(definition, members)?;
    Ok(Outcome::new(201, writer.document(definition, &stored).into()).at(stored.meta.revision).located(format!("/api/v1/platform/files/{}", stored.meta.id)))
}

fn content(reader: &mut Reader<'_>, call: &Call) -> Result<Download> {
    let id = call.id()?;
    let definition = reader.definition::<File>()?;
    if reader.find(definition, id)?.is_none() && !is_shown(reader, id)? {
        return Err(Problem::not_found().into());
    }
    let query =
        Statement::new("SELECT f.name, f.content_type, f.sha256, b.content FROM files f JOIN blobs b ON b.sha256 = f.sha256 WHERE f.id = ").with(id, "");
    let row = query.first(reader.connection, &[Kind::Text, Kind::Text, Kind::Text, Kind::Bytes])?.ok_or_else(Problem::not_found)?;
    let mut cells = row.into_iter();
    let mut text = || cells.next().and_then(|cell| cell.as_text().map(str::to_owned)).unwrap_or_default();
    let (name, content_type, sha256) = (text(), text(), text());
    Ok(Download { name, content_type, sha256, bytes: cells.next().and_then(Cell::into_bytes).unwrap_or_default() })
}

/// Whether a record that the session sees refers to a file.
fn is_shown(reader: &mut Reader<'_>, id: Id) -> Result<bool> {
    let mut query = Statement::new(
        "SELECT 1 FROM edges e JOIN registry r ON r.id = e.from_id JOIN registry o ON o.id = r.root_id LEFT JOIN registry s ON s.id = r.parent_id \
         WHERE r.deleted_at IS NULL AND e.to_id = ",
    );
    query.bind(id).push(" AND ").append(visible(&reader.store.definitions, reader.session));
    // An attachment is seen by who sees what it hangs on.
    query.push(" AND (s.id IS NULL OR s.id IN (SELECT r.id FROM registry r JOIN registry o ON o.id = r.root_id WHERE ");
    query.append(visible(&reader.store.definitions, reader.session)).push(")) LIMIT 1");
    Ok(query.once().first(reader.connection, &[])?.is_some())
}

fn body() -> Schema {
    let mut schema = of_type(Type::String).description(Some("The bytes of the file.")).build();
    schema.format = Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Binary));
    schema.into()
}

fn answer() -> Schema {
    let object = of_type(Type::Object).description(Some("The file as it was kept."));
    let object = object
        .property("id", Id::described("The file."))
        .property("name", of_type(Type::String).description(Some("What it is called.")))
        .property("content_type", of_type(Type::String).description(Some("Its media type.")))
        .property("size", of_type(Type::Integer).description(Some("Its size in bytes.")))
        .property("sha256", of_type(Type::String).description(Some("SHA-256 of its content, in hexadecimal.")));
    ["id", "name", "content_type", "size", "sha256"].into_iter().fold(object, |object, name| object.required(name)).into()
}
