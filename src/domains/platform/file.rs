//! Files: what was uploaded, kept by what it contains.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use steward_core::access::Session;
use steward_core::error::{FieldError, Kind};
use steward_core::resource::value::{Text, Title, Whole, hex};
use steward_core::resource::{Operations, Scope};
use steward_core::store::{Naming, Outcome, Store, Writer};
use steward_core::view::prelude::*;
use steward_core::view::{Action, Binary, Call, Download, Prepare};
use steward_schema::platform::files;
use steward_schema::service::blobs;

steward_core::resource! {
    /// Uploaded file. Its uploader sees and downloads it; others download it as they read a record that refers to it.
    pub struct File {
        /// Name of the file.
        #[field(search)]
        pub name: Title,
        /// Media type, as the uploader gave it.
        pub content_type: Text<3, 200>,
        /// Size in bytes.
        pub size: Whole<0, { 25 << 20 }>,
        /// SHA-256 of the content, in hexadecimal.
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
#[derive(Debug)]
pub struct UploadFile;

impl Action for UploadFile {
    const PATH: &'static str = "platform/files";
    const OPERATION_ID: &'static str = "upload_file";
    const SUMMARY: &'static str = "Upload a file";
    const DESCRIPTION: &'static str = "Stores the body as a file of at most 25 MB; its media type is that of Content-Type. A form (`multipart/form-data`) holds the file as its only part, which brings its name and media type; several parts are refused. Attach it to a record by platform/attachments, or name it where a field takes a file.";
    const PERMISSIONS: &'static [&'static str] = &["platform.files:create"];
    const FORMS: &'static [&'static str] = &["application/octet-stream", "multipart/form-data", "*/*"];
    const LIMIT: usize = 25 << 20;
    type Query = Query;
    type Body = Binary;
    type Prepared = SentFile;
    type Answer = File;

    fn example(_: &str) -> Value {
        "The bytes of the file.".into()
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, SentFile(members): &SentFile) -> Result<Outcome> {
        let digest = members.get("sha256").and_then(Value::as_str).unwrap_or_default().to_owned();
        let blob = (blobs::sha256.eq(digest), blobs::content.eq(&call.body[..]));
        diesel::insert_into(blobs::table).values(blob).on_conflict_do_nothing().execute(writer.connection)?;
        let definition = writer.definition::<File>()?;
        let stored = writer.create(definition, members.clone())?;
        Ok(Outcome::new(201, writer.document(definition, &stored).into())
            .at(stored.meta.revision)
            .located(format!("/api/v1/platform/files/{}", stored.meta.id)))
    }
}

/// The record of a file that was sent.
#[derive(Debug)]
pub struct SentFile(Map<String, Value>);

impl Prepare for SentFile {
    fn prepare(_: &Store, _: &Session, call: &Call) -> Result<SentFile> {
        let query: Query = call.query()?;
        let name = query.name.as_deref().or(call.name.as_deref()).unwrap_or("file");
        let mut members = Map::new();
        // A name is a label and never a path: only its last part stays.
        let name: String = name.rsplit(['/', '\\']).next().unwrap_or("file").chars().filter(|letter| !letter.is_control()).take(200).collect();
        members.insert("name".into(), if name.trim().is_empty() { "file".into() } else { name.into() });
        members.insert("content_type".into(), call.form.clone().into());
        members.insert("size".into(), call.body.len().into());
        members.insert("sha256".into(), hex(&Sha256::digest(&call.body)).into());
        if call.form.len() < 3 || !call.form.contains('/') {
            return Err(Problem::invalid(vec![FieldError::new("", "content_type", "Say in Content-Type what the file is, such as application/pdf.")]).into());
        }
        Ok(SentFile(members))
    }
}

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Name of the file, such as agreement.pdf.
    pub name: Option<String>,
}

/// `GET platform/files/{id}/content`.
#[derive(Debug)]
pub struct FileContent;

impl View for FileContent {
    const PATH: &'static str = "platform/files/{id}/content";
    const OPERATION_ID: &'static str = "download_file";
    const SUMMARY: &'static str = "Download a file";
    const DESCRIPTION: &'static str = "Bytes of a file, always as an attachment. The uploader may download it, and readers of a record that refers to it: nobody else while a sealed record does. The permission for all files covers those to which no record refers.";
    type Reads = ();
    type Query = NoQuery;
    type Answer = Download;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Download> {
        let id = cx.id()?;
        content(cx, id)
    }
}

/// Refuses a file that the session may not download: 404, and 403 where the session sees that it is there. Who uploaded it may, and others as
/// they read a record that names it. The permission for all files covers those that no record names.
pub(super) fn require_shown(reader: &mut Reader<'_>, id: Id) -> Result<()> {
    let definition = reader.definition::<File>()?;
    let file = reader.find(definition, id)?;
    if file.as_ref().is_some_and(|file| file.meta.created_by == reader.session.principal) {
        return Ok(());
    }
    let naming = reader.naming(File::PATH, id)?;
    match file {
        _ if naming == Naming::Seen => Ok(()),
        None => Err(Problem::not_found().into()),
        Some(file) if naming.withholds() => {
            let because = if naming == Naming::Sealed { "sealed: nobody reads it before it is opened" } else { "not visible to you" };
            let detail = format!("{} belongs to a record that is {because}.", definition.title_of(&file));
            Err(Problem::new(Kind::Forbidden, detail).into())
        }
        Some(_) => Ok(()),
    }
}

/// The bytes of a file that the session may download.
pub(super) fn content(reader: &mut Reader<'_>, id: Id) -> Result<Download> {
    require_shown(reader, id)?;
    let file = files::table.find(id).inner_join(blobs::table).select((files::name, files::content_type, files::sha256, blobs::content));
    let file: Option<(String, String, String, Vec<u8>)> =
        file.get_result(reader.unscoped("the file, or a record that refers to it, is in sight")).optional()?;
    let (name, content_type, sha256, bytes) = file.ok_or_else(Problem::not_found)?;
    Ok(Download { name, content_type, sha256, bytes })
}
