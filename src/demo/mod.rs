//! A company to look at: records of every kind, made through the same door as any client's.
//!
//! It uses `store` as a client would, so that what it shows is what the rules allow; no domain knows it.
//!
//! A `Chapter` makes some records in one transaction; what later ones refer to stands in the `Book`. Last comes the
//! `filler`, which sees to it that no collection is empty and no lifecycle stands still.

mod author;
mod book;
mod filler;
mod finance;
mod governance;
mod infrastructure;
mod operation;
mod organisation;
mod progress;
mod projects;
mod security;
mod special;
mod strategy;
mod vendors;

use crate::access::Session;
use crate::database::Connection;
use crate::error::{Error, Kind, Problem, Result};
use crate::resource::Id;
use crate::store::{Origin, Store};
use author::Author;
use book::Book;
use diesel::dsl::{count_star, exists, select};
use diesel::prelude::*;
use progress::Progress;
use serde_json::json;
use std::sync::Arc;
use steward_schema::identity::{roles, users};
use steward_schema::service::registry;

/// Two administrators with a person each, so that there are four eyes.
fn administrators(hand: &mut Author<'_, '_>, _: usize) -> Result<()> {
    let role: Id = roles::table.filter(roles::code_key.eq("administrator")).select(roles::id).get_result(hand.writer.connection)?;
    let first = hand.book.first.principal;
    let head = hand.make("teams/people", json!({"name": "Helena Vogt", "email": "helena.vogt@nordwerk.example"}))?;
    hand.change("identity/users", &first.to_string(), json!({"person_id": head}))?;
    let deputy = hand.make("teams/people", json!({"name": "Jonas Brandt", "email": "jonas.brandt@nordwerk.example"}))?;
    let user = json!({"email": "jonas.brandt@nordwerk.example", "name": "Jonas Brandt", "person_id": deputy});
    let user = hand.make("identity/users", user)?;
    hand.make("identity/grants", json!({"principal_id": user, "role_id": role.to_string(), "unit_id": null}))?;
    hand.book.first = Arc::new(session_of(hand.writer.connection, first)?);
    hand.book.second = Arc::new(session_of(hand.writer.connection, author::parsed(&user)?)?);
    Ok(())
}

/// What makes some of the company, in one transaction.
struct Chapter {
    /// What the progress bar calls it.
    name: &'static str,
    /// Makes it; the number says which part of the chapter.
    write: fn(&mut Author<'_, '_>, usize) -> Result<()>,
    /// In how many parts.
    parts: usize,
}

const CHAPTERS: &[Chapter] = &[
    Chapter { name: "administrators", write: administrators, parts: 1 },
    Chapter { name: "organisation", write: organisation::write, parts: 2 },
    Chapter { name: "strategy", write: strategy::write, parts: 2 },
    Chapter { name: "governance", write: governance::write, parts: 1 },
    Chapter { name: "infrastructure", write: infrastructure::write, parts: infrastructure::PARTS },
    Chapter { name: "finance", write: finance::write, parts: finance::PARTS },
    Chapter { name: "vendors", write: vendors::write, parts: vendors::PARTS },
    Chapter { name: "projects", write: projects::write, parts: projects::PARTS },
    Chapter { name: "security", write: security::write, parts: security::PARTS },
    Chapter { name: "operation", write: operation::write, parts: operation::PARTS },
];

/// Fills a new service with a company; refuses one that holds anything else. Returns how many records there are then.
pub async fn fill(store: &Store, quiet: bool) -> std::result::Result<i64, String> {
    if holds_more(store).await.map_err(|error| explain("the house", error))? {
        return Err("The database holds other data. The demo goes into a new one only: name that with --into.".into());
    }
    let administrator = store.unauthenticated(first_administrator).await.map_err(|error| explain("the administrator", error))?;
    let mut book = Book::new(store.now().date(), Arc::new(administrator));
    let all: usize = CHAPTERS.iter().map(|chapter| chapter.parts).sum::<usize>() + store.definitions.all().len();
    let mut lacking = Vec::new();
    let mut progress = Progress::new(all, quiet);
    for chapter in CHAPTERS {
        for part in 0..chapter.parts {
            progress.step(chapter.name);
            let write = chapter.write;
            match written(store, book.clone(), move |hand| write(hand, part)).await {
                Ok(after) => book = after,
                Err(error) => lacking.push(explain(chapter.name, error)),
            }
        }
    }
    for definition in store.definitions.all().iter().copied() {
        progress.step(definition.path);
        match written(store, book.clone(), move |hand| filler::fill(hand, definition)).await {
            Ok(after) => book = after,
            Err(error) => lacking.push(explain(definition.path, error)),
        }
    }
    progress.end();
    if !lacking.is_empty() {
        return Err(lacking.join("\n"));
    }
    let counted = store.unauthenticated(|connection| Ok(registry::table.count().get_result(connection)?)).await;
    counted.map_err(|error| explain("the count", error))
}

/// One transaction; the book as it is after it.
async fn written(store: &Store, book: Book, write: impl Fn(&mut Author<'_, '_>) -> Result<()> + Send + 'static) -> Result<Book> {
    let session = book.first.clone();
    store
        .write(&session, &Origin { reason: Some("The demo company.".into()), ..Origin::system() }, move |writer| {
            let mut hand = Author { writer, book: book.clone() };
            write(&mut hand)?;
            Ok(hand.book)
        })
        .await
}

/// The collections of which every new service has records.
const FURNISHED: [&str; 6] = ["teams/units", "platform/settings", "identity/roles", "identity/users", "identity/grants", "governance/sod-rules"];
/// Those of them of which it has one record.
const SINGLE: [&str; 3] = ["teams/units", "identity/users", "identity/grants"];

/// True if the database holds more than a new service does.
async fn holds_more(store: &Store) -> Result<bool> {
    let other = registry::table.filter(registry::collection.ne_all(FURNISHED));
    let several = registry::table.filter(registry::collection.eq_any(SINGLE)).group_by(registry::collection).having(count_star().gt(1));
    let more = select(exists(other).or(exists(several.select(registry::collection))));
    store.unauthenticated(move |connection| Ok(more.get_result(connection)?)).await
}

fn first_administrator(connection: &mut Connection) -> Result<Session> {
    let user: Option<Id> = users::table.order(users::id).select(users::id).first(connection).optional()?;
    session_of(connection, user.unwrap_or_else(Id::system))
}

fn session_of(connection: &mut Connection, user: Id) -> Result<Session> {
    Session::load(connection, user)?.ok_or_else(|| Problem::new(Kind::Conflict, "The house has no active administrator.").into())
}

fn explain(place: &str, error: Error) -> String {
    let problem = match error {
        Error::Database(error) => return format!("The demo could not be made, at {place}: {error}"),
        error => error.into_problem(),
    };
    let fields: Vec<String> = problem.errors.iter().map(|broken| format!("{}: {}", broken.pointer, broken.detail)).collect();
    format!("The demo could not be made, at {place}: {} {}", problem.detail, fields.join(" "))
}
