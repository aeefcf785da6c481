//! Making and moving records, each as one of two administrators.

use super::book::Book;
use crate::access::Session;
use crate::error::{Error, Problem, Result};
use crate::resource::value::hex;
use crate::resource::{Id, ResourceType, Stored};
use crate::store::{IfMatch, Writer};
use diesel::prelude::*;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use steward_schema::service::blobs;

/// A writer with a book.
pub struct Author<'h, 'w> {
    /// The first administrator's writer.
    pub writer: &'h mut Writer<'w>,
    /// What was made so far.
    pub book: Book,
}

impl Author<'_, '_> {
    /// The definition of a collection.
    pub fn definition(&self, collection: &str) -> Result<&'static ResourceType> {
        self.writer.store.definitions.get(collection).ok_or_else(|| Problem::not_found().into())
    }

    /// Makes a record; its code, name or title is what the book calls it.
    pub fn make(&mut self, collection: &str, members: Value) -> Result<String> {
        let definition = self.definition(collection)?;
        self.make_from(definition, members.as_object().cloned().unwrap_or_default())
    }

    /// The same, with the definition.
    pub fn make_from(&mut self, definition: &'static ResourceType, members: Map<String, Value>) -> Result<String> {
        let name = ["code", "name", "title"].iter().find_map(|field| members.get(*field)?.as_str().map(str::to_owned));
        let stored = if definition.operations.create {
            self.writer.create(definition, members.clone())
        } else {
            self.with(&Session::system(), |writer| writer.create(definition, members.clone()))
        };
        let id = stored.map_err(|error| told(error, &format!("{} {}", definition.path, Value::from(members))))?.meta.id.to_string();
        self.book.keep(definition.path, name.as_deref(), &id);
        Ok(id)
    }

    /// Makes a record and moves it through states.
    pub fn made(&mut self, collection: &str, members: Value, states: &[&str]) -> Result<String> {
        let id = self.make(collection, members)?;
        self.go(collection, &id, states)?;
        Ok(id)
    }

    /// Keeps a small text file.
    pub fn file(&mut self, name: &str, text: &str) -> Result<String> {
        let digest = hex(&Sha256::digest(text.as_bytes()));
        let blob = (blobs::sha256.eq(&digest), blobs::content.eq(text.as_bytes()));
        diesel::insert_into(blobs::table).values(blob).on_conflict_do_nothing().execute(self.writer.connection)?;
        let definition = self.definition("platform/files")?;
        let members = json!({"name": name, "content_type": "text/plain", "size": text.len(), "sha256": digest});
        let stored = self.writer.create(definition, members.as_object().cloned().unwrap_or_default())?;
        let id = stored.meta.id.to_string();
        self.book.keep(definition.path, Some(name), &id);
        Ok(id)
    }

    /// Changes fields of a record.
    pub fn change(&mut self, collection: &str, id: &str, patch: Value) -> Result<()> {
        let definition = self.definition(collection)?;
        let members = patch.as_object().cloned().unwrap_or_default();
        let changed = self.writer.update(definition, parsed(id)?, &IfMatch::Any, &members);
        changed.map(drop).map_err(|error| told(error, &format!("{collection} {patch}")))
    }

    /// Changes what the service alone writes, as if it had happened then.
    pub fn noted(&mut self, collection: &str, id: &str, verb: &str, facts: Value) -> Result<()> {
        let definition = self.definition(collection)?;
        let members = facts.as_object().cloned().unwrap_or_default();
        let changed = self.writer.update_as_service(definition, parsed(id)?, verb, members);
        changed.map(drop).map_err(|error| told(error, &format!("{collection} {facts}")))
    }

    /// Moves a record through states; what needs other eyes is moved by the other administrator.
    pub fn go(&mut self, collection: &str, id: &str, states: &[&str]) -> Result<()> {
        let definition = self.definition(collection)?;
        for to in states {
            self.step(definition, parsed(id)?, to)?;
        }
        Ok(())
    }

    /// Moves a record as the service, where both administrators had a hand in the matter.
    pub fn go_by_service(&mut self, collection: &str, id: &str, to: &str) -> Result<()> {
        let (definition, id) = (self.definition(collection)?, parsed(id)?);
        self.with(&Session::system(), |writer| writer.transition(definition, id, &IfMatch::Any, to)).map(drop)
    }

    fn step(&mut self, definition: &'static ResourceType, id: Id, to: &str) -> Result<()> {
        let (first, second) = (self.book.first.clone(), self.book.second.clone());
        let before = self.stored(definition, id)?;
        let state = before.meta.state.unwrap_or_default();
        let step = definition.lifecycle.as_ref().and_then(|lifecycle| lifecycle.moves_from(&state).find(|step| step.to == to));
        if step.is_some_and(|step| step.automatic) {
            return self.with(&Session::system(), |writer| writer.transition(definition, id, &IfMatch::Any, to)).map(drop);
        }
        let by_second = step.is_some_and(|step| step.approving) && before.meta.updated_by == first.principal;
        let moved = |hand: &mut Self, second_moves: bool| {
            if second_moves {
                hand.with(&second, |writer| writer.transition(definition, id, &IfMatch::Any, to))
            } else {
                hand.writer.transition(definition, id, &IfMatch::Any, to)
            }
        };
        // Whoever has not brought it where it is may move it on.
        let refused = match moved(self, by_second) {
            Ok(_) => return Ok(()),
            Err(Error::Problem(problem)) => problem,
            Err(error) => return Err(error),
        };
        match moved(self, !by_second) {
            Ok(_) => Ok(()),
            Err(Error::Problem(_)) => Err(told(Error::Problem(refused), &format!("{} {state} to {to}", definition.path))),
            Err(error) => Err(error),
        }
    }

    /// A record as it is.
    pub fn stored(&mut self, definition: &'static ResourceType, id: Id) -> Result<Stored> {
        self.with(&Session::system(), |writer| writer.reader().get(definition, id))
    }

    /// Does something as somebody else.
    pub fn with<T>(&mut self, session: &Session, work: impl FnOnce(&mut Writer<'_>) -> Result<T>) -> Result<T> {
        let mut writer = Writer::new(self.writer.store, session, self.writer.origin, self.writer.connection);
        work(&mut writer)
    }

    /// Does something by itself: a problem takes it back and is the answer.
    pub fn attempt<T>(&mut self, work: impl FnOnce(&mut Author<'_, '_>) -> Result<T>) -> Result<Result<T, Box<Problem>>> {
        let book = self.book.clone();
        let outcome = self.writer.attempt(|writer| {
            let mut hand = Author { writer, book };
            let done = work(&mut hand)?;
            Ok((done, hand.book))
        })?;
        Ok(outcome.map(|(done, book)| {
            self.book = book;
            done
        }))
    }
}

/// An id from its text.
pub fn parsed(id: &str) -> Result<Id> {
    Id::parse(id).ok_or_else(|| Problem::not_found().into())
}

/// A problem with what it was about.
fn told(error: Error, about: &str) -> Error {
    match error {
        Error::Problem(mut problem) => {
            problem.detail = format!("{} ({about})", problem.detail);
            Error::Problem(problem)
        }
        error => error,
    }
}

/// So many euros.
pub fn euros(amount: i64) -> Value {
    json!({"amount": format!("{amount}.00"), "currency": "EUR"})
}
