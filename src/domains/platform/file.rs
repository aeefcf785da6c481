//! Files: what was uploaded, kept by what it contains.

use super::sight::{RECORDS, ROOTS, SUBJECTS, seen};
use crate::access::Session;
use crate::database::Dialect;
use crate::error::{Broken, Problem, Result};
use crate::http::view::{Call, Download, Parameter, Prepared, Run, View, of_prepared};
use crate::resource::value::{Text, Title, Whole, hex, of_type};
use crate::resource::{Id, Operations, Resource, Scope};
use crate::store::{Outcome, Reader, Store, Writer};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use steward_schema::platform::files;
use steward_schema::service::{blobs, edges, registry};
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
    let members = of_prepared::<Map<String, Value>>(prepared)?.clone();
    let digest = members.get("sha256").and_then(Value::as_str).unwrap_or_default().to_owned();
    let blob = (blobs::sha256.eq(digest), blobs::content.eq(&call.body[..]));
    diesel::insert_into(blobs::table).values(blob).on_conflict_do_nothing().execute(writer.connection)?;
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
    let file = files::table.find(id).inner_join(blobs::table).select((files::name, files::content_type, files::sha256, blobs::content));
    let file: Option<(String, String, String, Vec<u8>)> =
        file.get_result(reader.unscoped("the file, or a record that refers to it, is in sight")).optional()?;
    let (name, content_type, sha256, bytes) = file.ok_or_else(Problem::not_found)?;
    Ok(Download { name, content_type, sha256, bytes })
}

/// Whether a record that the session sees refers to a file.
fn is_shown(reader: &mut Reader<'_>, id: Id) -> Result<bool> {
    let seen = seen(&reader.store.definitions, reader.session);
    let of_root = || ROOTS.field(registry::id).eq(RECORDS.field(registry::root_id));
    let subjects_seen = RECORDS.inner_join(ROOTS.on(of_root())).select(RECORDS.field(registry::id).nullable()).into_boxed::<Dialect>().filter(seen.clone());
    let subject = SUBJECTS.field(registry::id).nullable();
    let referring = edges::table
        .inner_join(RECORDS.on(RECORDS.field(registry::id).eq(edges::from_id)))
        .inner_join(ROOTS.on(of_root()))
        .left_join(SUBJECTS.on(subject.eq(RECORDS.field(registry::parent_id))))
        .filter(edges::to_id.eq(id).and(RECORDS.field(registry::deleted_at).is_null()))
        .filter(seen.clone())
        // An attachment is seen by who sees what it hangs on.
        .filter(subject.is_null().or(subject.eq_any(subjects_seen)));
    Ok(select(exists(referring)).get_result(reader.within(&seen))?)
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
