//! A whole collection as a file: streamed page by page, so that its size does not matter.

use super::shape::Shape;
use crate::error::{Kind, Problem, Result};
use crate::formats::csv;
use crate::http::request::context::RequestContext;
use crate::http::request::{header, query};
use crate::resource::value::ListUse;
use crate::resource::{ResourceType, Stored};
use crate::store::{FieldVisibility, Query, Reader, Store, Total};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream::{self, Stream};
use serde_json::{Map, Value};
use std::sync::Arc;

/// How many records are read at once.
const PAGE: usize = 500;

/// The media types of the forms, as a client asks for them.
const CSV: &str = "text/csv";
const LINES: &str = "application/x-ndjson";

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `text/csv`.
    Csv,
    /// `application/x-ndjson`: a JSON object on each line.
    Lines,
}

impl Form {
    /// The form that a client asks for, if it asks for a file.
    pub fn asked(request: &HttpRequest) -> Option<Form> {
        match header::preferred(request, &[CSV, LINES])? {
            CSV => Some(Form::Csv),
            _ => Some(Form::Lines),
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Form::Csv => "text/csv; charset=utf-8",
            Form::Lines => LINES,
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Form::Csv => "csv",
            Form::Lines => "ndjson",
        }
    }
}

struct Export {
    store: Store,
    session: Arc<crate::access::Session>,
    definition: &'static ResourceType,
    shape: Shape,
    form: Form,
    columns: Arc<Vec<String>>,
    query: Option<Query>,
    started: bool,
}

impl RequestContext<'_> {
    /// Streams a collection.
    pub async fn export(&mut self, definition: &'static ResourceType, form: Form) -> Result<HttpResponse> {
        let pairs = query::pairs(self.request.query_string())?;
        let customs = self.customs(definition, &pairs).await?;
        let mut asked = query::read(&self.state.store.definitions, (definition, &customs), &self.session, &pairs)?;
        let shape = Shape::read(&self.state.store.definitions, definition, self.state.figures.get(definition.path).copied(), &self.session, &pairs)?;
        if shape.as_of.is_some()
            || asked.total != Total::No
            || pairs.iter().any(|(name, _)| matches!(name.as_str(), "limit" | "cursor" | "expand" | "figures" | "facets" | "allowed"))
        {
            return Err(Problem::bad_request("A file holds the whole filtered collection: use filter, sort, typed parameters and fields only.").into());
        }
        asked.limit = PAGE;
        let columns = Arc::new(columns(definition, &FieldVisibility::of(definition, &self.session), &shape));
        let export =
            Export { store: self.state.store.clone(), session: self.session.clone(), definition, shape, form, columns, query: Some(asked), started: false };
        // The first page is read before the answer begins, so that what goes wrong at once has its status.
        let (first, rest) = step(export).await?.ok_or_else(|| Problem::new(Kind::Internal, "Nothing could be read. Report the request id."))?;
        let name = format!("attachment; filename=\"{}.{}\"", definition.collection, form.ending());
        Ok(HttpResponse::Ok().insert_header(("Content-Type", form.media_type())).insert_header(("Content-Disposition", name)).streaming(chunks(first, rest)))
    }
}

fn chunks(first: Bytes, rest: Export) -> impl Stream<Item = std::result::Result<Bytes, std::io::Error>> {
    let later = stream::try_unfold(rest, |export| async { step(export).await.map_err(|error| std::io::Error::other(error.into_problem().detail)) });
    futures_util::StreamExt::chain(stream::once(async { Ok(first) }), later)
}

/// Reads the next page and writes it out; `None` after the last one.
async fn step(mut export: Export) -> Result<Option<(Bytes, Export)>> {
    let Some(query) = export.query.take() else { return Ok(None) };
    let (definition, shape, asked, form) = (export.definition, export.shape.clone(), query.clone(), export.form);
    let (columns, header) = (export.columns.clone(), !export.started);
    let read = move |reader: &mut Reader<'_>| {
        let page = reader.list(definition, &asked)?;
        let text = match form {
            Form::Lines => lines(reader, definition, &shape, &page.rows)?,
            Form::Csv => table(&columns, header, &shape.stored(reader, definition, &page.rows)?).into_bytes(),
        };
        Ok((page, text))
    };
    let (page, text) = export.store.read(&export.session, read).await?;
    export.started = true;
    if let (true, true) = (page.more, query.is_ranked()) {
        export.query = Some(Query { skip: query.skip + PAGE, ..query });
    } else if let (true, Some(last)) = (page.more, page.rows.last()) {
        export.query = Some(Query { after: Some(crate::http::request::cursor::keys(definition, &query.sort, last)), ..query });
    }
    Ok(Some((Bytes::from(text), export)))
}

/// Records as lines of JSON.
fn lines(reader: &mut Reader<'_>, definition: &'static ResourceType, shape: &Shape, rows: &[Stored]) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    shape.each(reader, definition, rows, |write| {
        write(&mut text);
        text.push(b'\n');
    })?;
    Ok(text)
}

/// Records as rows of CSV, the first page under its header.
fn table(columns: &[String], header: bool, documents: &[Value]) -> String {
    let mut text = String::new();
    if header {
        csv::write_row(columns.iter().map(|name| Some(name.as_str())), &mut text);
    }
    documents.iter().for_each(|document| write_cells(columns, document, &mut text));
    text
}

/// The columns of a file: those of the answer that every row has, money in its parts.
fn columns(definition: &'static ResourceType, sight: &FieldVisibility, shape: &Shape) -> Vec<String> {
    let names: Vec<String> = definition.member_names().into_iter().filter(|name| shape.shows(name) && sight.shows(name)).map(str::to_owned).collect();
    let parts = |name: String| -> Vec<String> {
        let field = definition.field(&name).filter(|field| field.list_use == ListUse::Parts && field.columns.iter().any(|column| column.suffix == "_currency"));
        if field.is_some() { vec![format!("{name}.amount"), format!("{name}.currency")] } else { vec![name] }
    };
    names.into_iter().flat_map(parts).collect()
}

fn write_cells(columns: &[String], document: &Value, text: &mut String) {
    let empty = Map::new();
    let members = document.as_object().unwrap_or(&empty);
    let cells: Vec<Option<String>> = columns
        .iter()
        .map(|column| match column.split_once('.') {
            Some((name, part)) => members.get(name).and_then(|value| value.get(part)).and_then(Value::as_str).map(str::to_owned),
            None => cell(members.get(column).unwrap_or(&Value::Null)),
        })
        .collect();
    csv::write_row(cells.iter().map(Option::as_deref), text);
}

/// A value as a cell: text guarded against spreadsheets, lists and objects as JSON, null as nothing.
fn cell(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(csv::guarded(text)),
        other => Some(other.to_string()),
    }
}
