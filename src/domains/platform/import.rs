//! Imports: rows of a file become records, each through the same rules as a single call.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;
use steward_core::access::{Session, password};
use steward_core::error::{FieldError, Kind, NAMED, Problem, Result};
use steward_core::formats::csv::{self, Cell};
use steward_core::formats::text::Encoding;
use steward_core::resource::value::ListUse;
use steward_core::resource::{Field, Id, ResourceType, Rule, Stored};
use steward_core::store::{FieldVisibility, IfMatch, Outcome, Store, Writer};
use steward_core::view::{Action, Call, Prepare, body, require};
use utoipa::{IntoParams, ToSchema};

/// How many rows one file may have.
const MOST_ROWS: usize = 200_000;
/// Number of rows that are written together. Where one of them fails, they are taken back and written one by one, so that each is told its own.
const TOGETHER: usize = 64;
/// At how many broken cells and rows a file is not read on; of more, with `partial=true`, the answer tells the count.
const MOST_BROKEN: usize = NAMED;

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Collection, as domain/collection.
    pub collection: String,
    /// True to import valid rows when others are broken.
    pub partial: Option<bool>,
    /// Delimiter of CSV cells: `comma`, `semicolon`, `tab` or `pipe`; left out, the most frequent one of the header.
    #[param(inline)]
    pub delimiter: Option<Delimiter>,
    /// Encoding of the file: `utf-8` (also UTF-16 with a byte order mark) or `windows-1252`; `utf-8` if left out.
    pub encoding: Option<String>,
}

/// Delimiter of the cells of CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// Tabulator.
    Tab,
    /// `|`
    Pipe,
}

impl Delimiter {
    fn letter(self) -> char {
        match self {
            Delimiter::Comma => ',',
            Delimiter::Semicolon => ';',
            Delimiter::Tab => '\t',
            Delimiter::Pipe => '|',
        }
    }
}

/// Header and rows of CSV, or a JSON object on each line.
#[derive(Debug, ToSchema)]
pub struct ImportFile(#[expect(dead_code, reason = "described here, read as text")] String);

/// Outcome of an import.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct ImportOutcome {
    /// Number of records created.
    pub created: u64,
    /// Number of records changed.
    pub updated: u64,
    /// Number of records that were already so.
    pub unchanged: u64,
    /// Broken cells and rows, at most 1,000; with `partial=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub errors: Option<Vec<Value>>,
    /// Number of broken cells and rows; with `partial=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub count: Option<usize>,
}

/// `POST platform/imports`.
#[derive(Debug)]
pub struct ImportRecords;

impl Action for ImportRecords {
    const PATH: &'static str = "platform/imports";
    const OPERATION_ID: &'static str = "import_records";
    const SUMMARY: &'static str = "Import records";
    const DESCRIPTION: &'static str = "Creates and changes records of one collection from CSV or NDJSON. A row is matched by its `id`, else by the unique fields of the collection, an IP address by its VRF and address where that forbids duplicates; an unknown id is an error. \
        Columns that the service writes are ignored where they are equal and an error where they are not; new records start in the first state. \
        In CSV money has the columns `cost.amount` and `cost.currency`, lists and objects are JSON, an empty cell is null, and a reference takes a UUID, or, under its bare name (`parent` for `parent_id`), a unique code, name or title. \
        The header may be written in capitals and with blanks, `TRUE` and `FALSE` are true and false, and an unknown column is refused. \
        A file of no named kind (`application/octet-stream`) is NDJSON if it begins with a brace, else CSV. \
        If any row is broken nothing is imported, unless `partial=true`, and reading ends at 1,000 broken cells and rows. Importing an export changes nothing. \
        A file has at most 200,000 rows (413).";
    const PERMISSIONS: &'static [&'static str] = &[];
    const FORMS: &'static [&'static str] = &["text/csv", "application/x-ndjson", "multipart/form-data", "application/octet-stream"];
    const LIMIT: usize = 32 << 20;
    const LONG: bool = true;
    type Query = Query;
    type Body = ImportFile;
    type Prepared = Import;
    type Answer = ImportOutcome;

    fn example(form: &str) -> Value {
        if form != "application/x-ndjson" { "code,name\r\nLAB,Laboratory\r\n".into() } else { "{\"code\":\"LAB\",\"name\":\"Laboratory\"}\n".into() }
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, import: &Import) -> Result<Outcome> {
        write(writer, call, import)
    }
}

impl Prepare for Import {
    fn prepare(store: &Store, session: &Session, call: &Call) -> Result<Import> {
        read(store, session, call)
    }
}

/// A file that was looked over. Its rows are read again as they are written, one at a time: so a file takes no more memory than its text.
pub struct Import {
    definition: &'static ResourceType,
    partial: bool,
    /// What is secret in a row, sealed, by its number.
    sealed: HashMap<usize, Map<String, Value>>,
}

struct Row {
    /// The number of the row in the file: 1 is the first record.
    number: usize,
    members: Map<String, Value>,
    /// References under their bare name: the field and the code or name that was given.
    named: Vec<(&'static Field, String)>,
    /// What cannot be read of it.
    broken: Vec<Value>,
    /// False if there is nothing of it to try.
    has_shape: bool,
    /// The columns of the file; none of NDJSON.
    columns: Rc<[NamedColumn]>,
}

/// A column of a file.
struct NamedColumn {
    /// What the collection calls it.
    name: String,
    /// What the file calls it.
    written: String,
}

impl Row {
    fn new(number: usize, columns: &Rc<[NamedColumn]>) -> Self {
        Row { number, members: Map::new(), named: Vec::new(), broken: Vec::new(), has_shape: true, columns: columns.clone() }
    }

    fn broken(number: usize, columns: &Rc<[NamedColumn]>, error: &FieldError) -> Self {
        let mut row = Row { has_shape: false, ..Row::new(number, columns) };
        row.broken.push(row.fault(error));
        row
    }

    /// What is wrong with the row, and in which column of the file.
    fn fault(&self, broken: &FieldError) -> Value {
        let mut fault = broken.to_json();
        fault["row"] = self.number.into();
        fault["column"] = column_of(&self.columns, &broken.pointer).into();
        fault
    }
}

/// The column that a pointer names, as the file calls it: of a part of a value its own, of a reference the one under its bare name.
fn column_of(columns: &[NamedColumn], pointer: &str) -> String {
    let mut steps = pointer.trim_start_matches('/').split('/');
    let field = steps.next().unwrap_or_default();
    let part = steps.next().map(|part| format!("{field}.{part}"));
    let wanted = [part.as_deref(), Some(field), field.strip_suffix("_id")];
    let written = wanted.into_iter().flatten().find_map(|name| columns.iter().find(|column| column.name == name));
    let written = written.or_else(|| columns.iter().find(|column| column.name.split_once('.').is_some_and(|(whole, _)| whole == field)));
    written.map_or_else(|| field.to_owned(), |column| column.written.clone())
}

fn read(store: &Store, session: &Session, call: &Call) -> Result<Import> {
    let query: Query = call.query()?;
    let definition = definition(store, &query)?;
    // Before anything is worked out: reading a file and hashing what is secret in it is for those who may import it.
    let mut permissions = vec![definition.permission("create")];
    permissions.extend(definition.operations.update.then(|| definition.permission("update")));
    require(session, &permissions.iter().map(String::as_str).collect::<Vec<_>>())?;
    let (mut sealed, mut rows, mut broken) = (HashMap::new(), 0, Vec::new());
    let partial = query.partial.unwrap_or_default();
    let has_secrets = definition.fields.iter().any(|field| field.secret && !field.read_only);
    let text = text_of(call)?;
    for row in rows_of(definition, call, &text)? {
        let mut row = row?;
        rows += 1;
        if rows > MOST_ROWS {
            return Err(Problem::new(Kind::TooLarge, format!("The file has more than {MOST_ROWS} rows. Send it in parts.")).into());
        }
        broken.extend(row.broken.drain(..).take(MOST_BROKEN - broken.len()));
        if !partial && broken.len() == MOST_BROKEN {
            return Err(refusal(broken, MOST_BROKEN, row.number).into());
        }
        if has_secrets {
            let plain = row.members.clone();
            password::seal(definition, &mut row.members)?;
            row.members.retain(|name, value| plain.get(name) != Some(value));
            sealed.insert(row.number, row.members);
        }
    }
    Ok(Import { definition, partial, sealed })
}

/// The answer to a file that is not imported.
fn refusal(broken: Vec<Value>, count: usize, row: usize) -> Problem {
    let until = if count >= MOST_BROKEN { format!(" It was read to row {row}.") } else { String::new() };
    let detail = format!("{count} cells or rows are broken, and nothing was imported; errors names them.{until}");
    Problem::new(Kind::Invalid, detail).with("errors", broken.into()).with("count", count.into())
}

fn definition(store: &Store, query: &Query) -> Result<&'static ResourceType> {
    let known = store.definitions.get(&query.collection);
    known.ok_or_else(|| {
        Problem::bad_request("The parameter collection names no collection that can be imported. Write it as domain/collection, such as governance/controls.")
            .into()
    })
}

/// The text of a file (400).
fn text_of(call: &Call) -> Result<Cow<'_, str>> {
    let query: Query = call.query()?;
    let named = query.encoding.as_deref().map_or(Some(Encoding::Unicode), Encoding::named);
    let encoding = named.ok_or_else(|| Problem::bad_request("encoding is utf-8 or windows-1252."))?;
    let text = encoding.decode(&call.body);
    text.ok_or_else(|| Problem::bad_request("The file is not UTF-8. Save it as UTF-8 and send it again, or say encoding=windows-1252.").into())
}

/// Whether a file is CSV (415 where it is neither that nor NDJSON): by its media type, else by its name, since browsers say what they like, and bytes of no known type by how they begin.
fn is_csv(call: &Call) -> Result<bool> {
    let named = |endings: &[&str]| call.name.as_deref().is_some_and(|name| endings.iter().any(|ending| name.to_ascii_lowercase().ends_with(ending)));
    match call.form.as_str() {
        "text/csv" => Ok(true),
        "application/x-ndjson" => Ok(false),
        _ if named(&[".csv", ".tsv", ".txt"]) => Ok(true),
        _ if named(&[".ndjson", ".jsonl"]) => Ok(false),
        "application/octet-stream" => Ok(!begins_with_record(&call.body)),
        _ => Err(Problem::new(Kind::UnsupportedMediaType, "Send the file as text/csv or application/x-ndjson, or call it .csv or .ndjson.").into()),
    }
}

/// A record of NDJSON begins with a brace, a header of CSV does not.
fn begins_with_record(file: &[u8]) -> bool {
    file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file).trim_ascii_start().starts_with(b"{")
}

/// The rows of a file, one at a time (400 where it is no such file, 422 where its header is not of the collection).
fn rows_of<'a>(definition: &'static ResourceType, call: &Call, text: &'a str) -> Result<Box<dyn Iterator<Item = Result<Row>> + 'a>> {
    let query: Query = call.query()?;
    if !is_csv(call)? {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let none: Rc<[NamedColumn]> = Rc::new([]);
        return Ok(Box::new(lines.map(move |(at, line)| Ok(read_line(at + 1, &none, line)))));
    }
    let malformed = |malformed: csv::Malformed| Problem::bad_request(format!("The file is not CSV: in row {}, {}.", malformed.row, malformed.detail));
    let (sniffed, text) = csv::sniffed(text);
    let mut rows = csv::Rows::of(text, query.delimiter.map_or(sniffed, Delimiter::letter));
    let header = rows.next().ok_or_else(|| Problem::bad_request("The file is empty. Its first row names the columns."))?.map_err(malformed)?;
    let column = |cell: Cell| {
        let written = if let Cell::Text(name) = cell { name } else { String::new() };
        NamedColumn { name: column_name(definition, &written), written: written.trim().to_owned() }
    };
    let columns: Rc<[NamedColumn]> = header.into_iter().map(column).collect();
    require_columns(definition, &columns)?;
    Ok(Box::new(rows.enumerate().map(move |(at, cells)| Ok(read_row(definition, at + 1, &columns, cells.map_err(malformed)?)))))
}

/// The name of a column as the collection writes it, where it can be told: without blanks around it, in small letters, with underscores.
fn column_name(definition: &'static ResourceType, written: &str) -> String {
    let name = written.trim();
    if is_column(definition, name) {
        return name.to_owned();
    }
    let plain = name.to_lowercase().replace([' ', '-'], "_");
    if is_column(definition, &plain) { plain } else { name.to_owned() }
}

/// Whether a collection has a column: a field, a part of one, or a reference under its bare name.
fn is_column(definition: &'static ResourceType, name: &str) -> bool {
    let parts = |field: &str| definition.field(field).is_some_and(|field| field.list_use == ListUse::Parts);
    definition.server_fields().contains(&name)
        || definition.field(name).is_some()
        || definition.references().any(|field| field.name.strip_suffix("_id") == Some(name))
        || name.split_once('.').is_some_and(|(field, part)| parts(field) && matches!(part, "amount" | "currency"))
}

/// Refuses a header with a column that the collection has not, or twice (422).
fn require_columns(definition: &'static ResourceType, columns: &[NamedColumn]) -> Result<()> {
    let mut broken = Vec::new();
    for (at, NamedColumn { name, .. }) in columns.iter().enumerate() {
        let pointer = format!("/{}", steward_core::error::pointer_segment(name));
        if name.is_empty() {
            broken.push(FieldError::new("", "unknown", format!("Column {} has no name. Name it, or leave it out.", at + 1)));
        } else if !is_column(definition, name) {
            broken.push(FieldError::new(pointer, "unknown", format!("The column {name:?} is no field of {}. Name a field, or leave it out.", definition.path)));
        } else if columns[..at].iter().any(|before| before.name == *name) {
            broken.push(FieldError::new(pointer, "duplicate", format!("The column {name:?} stands twice in the header. Name it once.")));
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(Problem::invalid(broken).into()) }
}

fn read_line(number: usize, columns: &Rc<[NamedColumn]>, line: &str) -> Row {
    match body::json(line.as_bytes()) {
        Ok(Value::Object(members)) => Row { members, ..Row::new(number, columns) },
        _ => Row::broken(number, columns, &FieldError::new("", "type", "Expected a JSON object on this line, each member once.")),
    }
}

fn read_row(definition: &'static ResourceType, number: usize, columns: &Rc<[NamedColumn]>, cells: Vec<Cell>) -> Row {
    if cells.len() != columns.len() {
        let detail = format!("Expected {} cells, as the header has, and found {}.", columns.len(), cells.len());
        return Row::broken(number, columns, &FieldError::new("", "columns", detail));
    }
    let mut row = Row::new(number, columns);
    for (NamedColumn { name, .. }, cell) in columns.iter().zip(cells) {
        let text = match cell {
            Cell::Empty => None,
            Cell::Text(text) => Some(csv::unguarded(&text).to_owned()),
        };
        // A field of its own with that name means itself.
        let bare = definition.references().find(|field| definition.field(name).is_none() && field.name.strip_suffix("_id") == Some(name.as_str()));
        match (name.split_once('.'), bare, text) {
            (Some((field, part)), _, text) if definition.field(field).is_some_and(|field| field.list_use == ListUse::Parts) => {
                put_part(&mut row.members, field, part, text)
            }
            (_, Some(field), Some(text)) => row.named.push((field, text)),
            (_, Some(field), None) => drop(row.members.insert(field.name.into(), Value::Null)),
            (_, None, text) => match value_of(definition, name, text) {
                Ok(value) => drop(row.members.insert(name.clone(), value)),
                Err(detail) => {
                    let fault = row.fault(&FieldError::new(format!("/{name}"), "format", detail));
                    row.broken.push(fault);
                }
            },
        }
    }
    row
}

fn put_part(members: &mut Map<String, Value>, field: &str, part: &str, text: Option<String>) {
    let member = members.entry(field.to_owned()).or_insert(Value::Null);
    if let Some(text) = text {
        if !member.is_object() {
            *member = json!({});
        }
        member[part] = text.into();
    }
}

/// A cell as the JSON that its column holds.
fn value_of(definition: &'static ResourceType, name: &str, text: Option<String>) -> std::result::Result<Value, &'static str> {
    use steward_core::database::SqlType;
    let Some(text) = text else { return Ok(Value::Null) };
    let field = definition.listed_server_fields().chain(definition.written_fields()).find(|field| field.name == name);
    // What has several columns is written as text: codes with their keys, exact decimals.
    match field.filter(|field| field.columns.len() == 1).and_then(|field| field.columns.first()).map(|column| column.kind) {
        Some(SqlType::Bool) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(true.into()),
            "false" | "0" => Ok(false.into()),
            _ => Err("Expected true or false."),
        },
        Some(SqlType::Integer | SqlType::Real) => match serde_json::from_str(&text) {
            Ok(Value::Number(number)) => Ok(Value::Number(number)),
            _ => Err("Expected a number."),
        },
        Some(SqlType::Doc) => serde_json::from_str(&text).map_err(|_| "Expected JSON."),
        _ => Ok(text.into()),
    }
}

fn write(writer: &mut Writer<'_>, call: &Call, import: &Import) -> Result<Outcome> {
    let definition = import.definition;
    writer.unseen();
    writer.lock_many(&[definition], &[])?;
    let (mut counts, mut broken, mut count) = (ImportOutcome::default(), Vec::new(), 0);
    let text = text_of(call)?;
    let mut rows = rows_of(definition, call, &text)?.peekable();
    while rows.peek().is_some() {
        let together: Vec<Row> = rows.by_ref().take(TOGETHER).collect::<Result<_>>()?;
        let last = together.last().map_or(0, |row| row.number);
        let faults = several(writer, import, together, &mut counts)?;
        count += faults.len();
        broken.extend(faults.into_iter().take(NAMED - broken.len()));
        if !import.partial && count >= MOST_BROKEN {
            return Err(refusal(broken, count, last).into());
        }
    }
    if count > 0 {
        if !import.partial {
            return Err(refusal(broken, count, 0).into());
        }
        (counts.errors, counts.count) = (Some(broken), Some(count));
    }
    Outcome::of(200, &counts)
}

/// Imports some rows; what is wrong with each of them is the answer.
fn several(writer: &mut Writer<'_>, import: &Import, mut rows: Vec<Row>, counts: &mut ImportOutcome) -> Result<Vec<Value>> {
    let definition = import.definition;
    for row in &mut rows {
        if let Some(sealed) = import.sealed.get(&row.number) {
            row.members.extend(sealed.clone());
        }
    }
    if rows.iter().all(|row| row.broken.is_empty()) {
        let mut with_these = counts.clone();
        let all_new = !may_be_there(writer, definition, &rows)?;
        let sound =
            writer.attempt(|writer| writer.gathering(|writer| rows.iter().try_for_each(|row| put(writer, definition, row, all_new, &mut with_these))))?;
        if sound.is_ok() {
            *counts = with_these;
            return Ok(Vec::new());
        }
    }
    let mut faults = Vec::new();
    for mut row in rows {
        let broken = std::mem::take(&mut row.broken);
        // A row with a broken cell is tried for what else is wrong with it, where nothing will be kept.
        let tried = broken.is_empty() || (row.has_shape && !import.partial);
        faults.extend(broken);
        if tried {
            faults.extend(one(writer, definition, &row, counts)?);
        }
    }
    Ok(faults)
}

/// Whether one of some rows may mean a record that is there.
fn may_be_there(writer: &mut Writer<'_>, definition: &'static ResourceType, rows: &[Row]) -> Result<bool> {
    let has_key = |name: &str| definition.unique.iter().any(|unique| unique.fields.contains(&name));
    // A field of a key may be taken from what another field names.
    let derived = |field: &Field| definition.rules.iter().any(|rule| matches!(rule, Rule::Agrees { by, ours, .. } if *by == field.name && has_key(ours)));
    let is_key = |field: &Field| has_key(field.name) || derived(field);
    let named = |row: &Row| row.members.get("id").is_some_and(|id| !id.is_null()) || row.named.iter().any(|(field, _)| is_key(field));
    if rows.iter().any(named) {
        return Ok(true);
    }
    writer.reader().any_has_key_of(definition, &rows.iter().map(|row| &row.members).collect::<Vec<_>>())
}

/// Imports one row by itself; what is wrong with it is the answer.
fn one(writer: &mut Writer<'_>, definition: &'static ResourceType, row: &Row, counts: &mut ImportOutcome) -> Result<Vec<Value>> {
    let Err(problem) = writer.attempt(|writer| put(writer, definition, row, false, counts))? else { return Ok(Vec::new()) };
    let whole = [FieldError::new("", problem.kind.slug(), problem.detail.clone())];
    let errors = if problem.errors.is_empty() { &whole[..] } else { &problem.errors };
    Ok(errors.iter().map(|each| row.fault(each)).collect())
}

fn put(writer: &mut Writer<'_>, definition: &'static ResourceType, row: &Row, is_new: bool, counts: &mut ImportOutcome) -> Result<()> {
    let mut members = row.members.clone();
    // What is named within another record comes after that record.
    let mut named: Vec<_> = row.named.iter().collect();
    named.sort_by_key(|(field, _)| writer.reader().is_scoped(field));
    let (mut broken, mut unknown) = (Vec::new(), Vec::new());
    for (field, name) in named {
        // What is named within a record that is not known is not known either, and no fault of its own.
        let hangs = !broken.is_empty() && !name.contains('/') && writer.reader().is_scoped(field);
        match find_named(writer, field, name, &members)? {
            Ok(id) => drop(members.insert(field.name.into(), id.to_string().into())),
            Err(error) => {
                unknown.push(error.pointer.clone());
                broken.extend((!hangs).then_some(error));
            }
        }
    }
    if !broken.is_empty() {
        broken.extend(other_faults(writer, definition, members, &unknown)?);
        return Err(Problem::invalid(broken).into());
    }
    let before = if is_new { None } else { matching(writer, definition, &members)? };
    take_server_fields(writer, definition, &mut members, before.as_ref())?;
    match before {
        None if !definition.operations.create => {
            return Err(Problem::conflict("", "not_imported", "Such records are not made by an import. Use the operation that makes them.").into());
        }
        None => {
            writer.create(definition, members)?;
            counts.created += 1;
        }
        Some(before) if definition.operations.update => {
            let after = writer.update(definition, before.meta.id, &IfMatch::Any, &members)?;
            if after.meta.revision == before.meta.revision { counts.unchanged += 1 } else { counts.updated += 1 }
        }
        Some(before) => {
            let known = writer.document(definition, &before);
            if let Some(name) = members.keys().find(|name| known.get(*name) != members.get(*name)) {
                return Err(Problem::conflict(format!("/{name}"), "immutable", "What happened is not changed afterwards. Leave the row as it was.").into());
            }
            counts.unchanged += 1;
        }
    }
    Ok(())
}

/// The record that a row means: by its id, else by what is unique of the kind.
fn matching(writer: &mut Writer<'_>, definition: &'static ResourceType, members: &Map<String, Value>) -> Result<Option<Stored>> {
    if let Some(id) = members.get("id").filter(|id| !id.is_null()) {
        let known = match id.as_str().and_then(Id::parse) {
            Some(id) => writer.reader().find(definition, id)?,
            None => None,
        };
        return match known {
            Some(stored) => Ok(Some(stored)),
            None => Err(Problem::invalid(vec![FieldError::new("/id", "unknown", "There is no such record. Leave the id out to make a new one.")]).into()),
        };
    }
    writer.find_by_key(definition, members)
}

/// What the service writes is ignored where it is equal, and broken where it is not.
fn take_server_fields(writer: &Writer<'_>, definition: &'static ResourceType, members: &mut Map<String, Value>, before: Option<&Stored>) -> Result<()> {
    let known = before.map(|stored| definition.to_json(stored, false)).unwrap_or_default();
    let first = definition.lifecycle.as_ref().map(|lifecycle| Value::from(lifecycle.first()));
    let mut broken = Vec::new();
    // What the importer does not see stays, and is told as what does not exist.
    let sight = FieldVisibility::of(definition, writer.session);
    let seen = definition.read_only_fields().map(|field| field.name).filter(|name| sight.shows(name));
    for name in definition.server_fields().iter().copied().chain(seen) {
        let Some(value) = members.shift_remove(name) else { continue };
        let expected = if before.is_some() { known.get(name) } else { first.as_ref().filter(|_| name == "state") };
        if !value.is_null() && Some(&value) != expected {
            broken.push(FieldError::new(format!("/{name}"), "server_field", "The service writes this. Leave it out, or as it was exported."));
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(Problem::invalid(broken).into()) }
}

/// What else is wrong with a row of which some references are not known: what can be told without them.
fn other_faults(writer: &mut Writer<'_>, definition: &'static ResourceType, members: Map<String, Value>, unknown: &[String]) -> Result<Vec<FieldError>> {
    if !definition.operations.create {
        return Ok(Vec::new());
    }
    let tried = writer.attempt(|writer| {
        let mut members = members;
        take_server_fields(writer, definition, &mut members, None)?;
        writer.create(definition, members).map(drop)
    })?;
    let found = tried.err().filter(|problem| problem.kind == Kind::Invalid).map(|problem| problem.errors).unwrap_or_default();
    Ok(found.into_iter().filter(|error| !unknown.contains(&error.pointer)).collect())
}

/// A record by its unique code or name, where a reference stands under its bare name; or what is wrong with that.
fn find_named(writer: &mut Writer<'_>, field: &'static Field, name: &str, row: &Map<String, Value>) -> Result<std::result::Result<Id, FieldError>> {
    let broken = |code: &str, detail: &str| Ok(Err(FieldError::new(format!("/{}", field.name), code, detail)));
    match writer.reader().find_by_name(field, name, row)?.as_slice() {
        [only] => Ok(Ok(*only)),
        [] => broken("reference", "There is no record with that code or name, or it is not visible to you."),
        _ => broken("ambiguous", "More than one record has that name. Give its id."),
    }
}
