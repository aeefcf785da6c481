//! What was made so far, and what the next records take from it.

use crate::access::Session;
use crate::error::{Kind, Problem, Result};
use crate::resource::value::Date;
use chrono::{Datelike, Duration};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The ids of all that was made, by what it is called; the day; two administrators; the dice.
#[derive(Clone)]
pub struct Book {
    /// The day on which the company is made: all dates are relative to it.
    pub today: Date,
    /// Who makes most records.
    pub first: Arc<Session>,
    /// Who approves them.
    pub second: Arc<Session>,
    ids: BTreeMap<(&'static str, String), String>,
    lists: BTreeMap<&'static str, Vec<String>>,
    dice: u64,
}

impl Book {
    /// An empty one.
    pub fn new(today: Date, administrator: Arc<Session>) -> Book {
        Book { today, first: administrator.clone(), second: administrator, ids: BTreeMap::new(), lists: BTreeMap::new(), dice: 20_261_125 }
    }

    /// Keeps the id of a new record, under a name if it has one.
    pub fn keep(&mut self, collection: &'static str, name: Option<&str>, id: &str) {
        if let Some(name) = name {
            self.ids.insert((collection, name.to_owned()), id.to_owned());
        }
        self.lists.entry(collection).or_default().push(id.to_owned());
    }

    /// The record of this name.
    pub fn id(&self, collection: &'static str, name: &str) -> Result<String> {
        let missing = || Problem::new(Kind::NotFound, format!("The demo has made no {collection} {name} yet."));
        self.ids.get(&(collection, name.to_owned())).cloned().ok_or_else(|| missing().into())
    }

    /// A record of a collection, in the order in which they were made: the counting goes round.
    pub fn nth(&self, collection: &'static str, at: usize) -> Result<String> {
        let list = self.lists.get(collection).map(Vec::as_slice).unwrap_or_default();
        let missing = || Problem::new(Kind::NotFound, format!("The demo has made no {collection} yet."));
        list.get(at.checked_rem(list.len()).unwrap_or_default()).cloned().ok_or_else(|| missing().into())
    }

    /// All records of a collection.
    pub fn all(&self, collection: &'static str) -> Vec<String> {
        self.lists.get(collection).cloned().unwrap_or_default()
    }

    /// The next throw: less than `sides`.
    pub fn throw(&mut self, sides: u64) -> u64 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.dice.checked_rem(sides).unwrap_or_default()
    }

    /// The day so many days from today.
    pub fn day(&self, days: i64) -> String {
        Date(self.today.0 + Duration::days(days)).to_string()
    }

    /// An instant so many hours from this morning at eight.
    pub fn hour(&self, hours: i64) -> String {
        let at = self.today.0 + Duration::days((8 + hours).div_euclid(24));
        format!("{}T{:02}:00:00Z", Date(at), (8 + hours).rem_euclid(24))
    }

    /// This year.
    pub fn year(&self) -> i32 {
        self.today.0.year()
    }
}
