//! Links to files: addresses that a page can show without a login, for a short time.

use super::file::{content, require_shown};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use steward_core::access::secret::{digest, new_secret};
use steward_core::access::security_event::{SecurityEvent, SecurityEventKind};
use steward_core::database::Connection;
use steward_core::error::{Error, Kind, Problem, Result};
use steward_core::http::openapi::Fixed;
use steward_core::http::{Keyed, Owned};
use steward_core::resource::Id;
use steward_core::resource::value::{Instant, Text, Whole};
use steward_core::store::{Outcome, Reader, Writer};
use steward_core::view::{Action, Call, Download, NoQuery};
use steward_schema::platform::files;
use steward_schema::service::file_links;
use utoipa::ToSchema;

/// Lifetime of a link, in seconds, if nothing else is said.
const USUAL_SECONDS: i64 = 300;

steward_core::value! {
    /// Request for a link to a file.
    pub struct FileLinkRequest {
        /// Lifetime in seconds; 300 if left out.
        pub expires_in_seconds: Option<Whole<30, 3600>>,
    }
}

/// Link to a file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FileLink {
    /// Path of the link, with a secret in it: put the address of the service before it. Shown this once; null in a replayed answer.
    pub path: Option<Text<1, 200>>,
    /// Time of expiry (UTC).
    pub expires_at: Instant,
    /// SHA-256 of the content that it leads to, in hexadecimal.
    pub sha256: Text<64, 64>,
    /// True if a browser shows it in a page: images in PNG, JPEG, GIF and WebP. Anything else is an attachment.
    pub inline: bool,
}

/// `POST platform/files/{id}/link`.
#[derive(Debug)]
pub struct CreateFileLink;

impl Action for CreateFileLink {
    const PATH: &'static str = "platform/files/{id}/link";
    const OPERATION_ID: &'static str = "create_file_link";
    const SUMMARY: &'static str = "Get a link to a file";
    const DESCRIPTION: &'static str = "Address of a file that needs no login, for the `src` of an image or a download in a new window. Any holder of the address reads the file until it expires: \
        treat it as a password. It leads to the content that the file has now, and only while you may download the file yourself. \
        Images in PNG, JPEG, GIF and WebP are shown in a page; anything else is an attachment.";
    const PERMISSIONS: &'static [&'static str] = &[];
    const LIMIT: usize = 1024;
    type Query = NoQuery;
    type Body = FileLinkRequest;
    type Prepared = FileLinkRequest;
    type Answer = FileLink;

    fn example(_: &str) -> Value {
        json!({"expires_in_seconds": 300})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, asked: &FileLinkRequest) -> Result<Outcome> {
        let id = call.id()?;
        require_shown(&mut writer.reader(), id)?;
        // An API token reaches what its scopes name, and a link what its maker reaches.
        if writer.session.token().is_some() {
            return Err(Problem::new(Kind::Forbidden, "An API token makes no link to a file. Log in, or download the file with the token.").into());
        }
        let file = files::table.find(id).select((files::sha256, files::content_type));
        let (sha256, content_type): (String, String) = file.get_result(writer.connection).optional()?.ok_or_else(Problem::not_found)?;
        let (secret, expires_at) = (new_secret(), writer.now.plus_seconds(asked.expires_in_seconds.map_or(USUAL_SECONDS, |seconds| seconds.0)));
        let link = (
            file_links::digest.eq(digest(&secret)),
            file_links::file_id.eq(id),
            file_links::sha256.eq(&sha256),
            file_links::principal_id.eq(writer.session.principal),
            file_links::expires_at.eq(expires_at),
        );
        diesel::insert_into(file_links::table).values(link).execute(writer.connection)?;
        let (address, request_id) = (writer.origin.address.clone(), Some(writer.origin.request_id.clone()));
        let subject = Some(format!("/api/v1/platform/files/{id}/link"));
        SecurityEvent { kind: SecurityEventKind::Downloaded, principal: Some(writer.session.principal), address, subject, request_id }
            .record(writer.connection, writer.now)?;
        let path = ADDRESS.path.replace("{token}", &secret);
        let answer =
            FileLink { path: Some(path.as_str().into()), expires_at, sha256: Text(sha256), inline: steward_core::http::is_shown_inline(&content_type) };
        Ok(Outcome::of(200, &answer)?.showing_once(["/path".to_owned()]))
    }
}

/// `GET /api/v1/platform/files/links/{token}/content`.
pub static ADDRESS: Keyed = Keyed { path: "/api/v1/platform/files/links/{token}/content", owner, read };

/// What the document says of that address.
pub fn operations() -> Vec<Fixed> {
    vec![Fixed {
        path: ADDRESS.path,
        method: "get",
        operation_id: "read_file_link",
        summary: "Read a file by its link",
        description: "The bytes of a file. The address needs no login: it holds a secret. One that is unknown, has expired, or whose maker may not download the file any more answers 404.",
        public: true,
        permissions: &[],
        path_parameter: Some(("token", "The secret of the link.")),
        query: &[],
        request: None,
        answers: vec![(200, "The bytes, in the media type of the upload.", "*/*", json!({"type": "string", "format": "binary", "description": "The bytes."}))],
        problems: &[Kind::NotFound, Kind::MethodNotAllowed, Kind::Internal, Kind::Unavailable],
        schemas: vec![],
    }]
}

fn owner(connection: &mut Connection, token: &str) -> Result<Option<Owned>> {
    let link = file_links::table.find(digest(token)).select((file_links::principal_id, file_links::file_id));
    let link: Option<(Id, Id)> = link.get_result(connection).optional()?;
    Ok(link.map(|(owner, file)| Owned { owner, subject: format!("/api/v1/platform/files/{file}/content") }))
}

fn read(reader: &mut Reader<'_>, token: &str) -> Result<Download> {
    let link = file_links::table.find(digest(token)).filter(file_links::expires_at.gt(reader.store.now()));
    let link = link.select((file_links::file_id, file_links::sha256));
    let link: Option<(Id, String)> = link.get_result(reader.unscoped("whoever has the secret may follow the link")).optional()?;
    let (id, sha256) = link.ok_or_else(Problem::not_found)?;
    let file = match content(reader, id) {
        // Whether the file is there is not told to who only has an address.
        Err(Error::Problem(problem)) if problem.kind == Kind::Forbidden => return Err(Problem::not_found().into()),
        file => file?,
    };
    if file.sha256 == sha256 { Ok(file) } else { Err(Problem::not_found().into()) }
}
