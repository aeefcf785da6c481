//! What is measured: each operation as the service, the driver and the peer do it.

use crate::client::Client;
use crate::driver::Driver;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The collection that is filled.
pub const PEOPLE: &str = "/api/v1/teams/people";
/// The headers of a JSON body.
pub const JSON: &str = "Content-Type: application/json\r\n";
const PATCH: &str = "Content-Type: application/merge-patch+json\r\nIf-Match: *\r\n";

/// A person that is there: the id and the e-mail address.
pub type Known = (String, String);
type Call = fn(&mut Client, &[Known]);
type Drive = fn(&mut Driver, &[Known]);

/// An operation.
pub struct Operation {
    /// What the table calls it.
    pub work: &'static str,
    /// How many clients call at once.
    pub clients: usize,
    /// How many threads drive the database: one where SQLite has one writer.
    pub drivers: usize,
    /// What a bare handler sends in its place.
    pub page: String,
    /// The call to the service.
    pub call: Call,
    /// The same in the database alone.
    pub drive: Option<Drive>,
    /// The same of the peer.
    pub peer: Option<Call>,
}

/// A number that no other call of this run has.
pub fn next() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn one_of(people: &[Known]) -> &Known {
    &people[next() % people.len()]
}

/// A path below the collection; what a page of it is called in this program.
macro_rules! list {
    ($work:literal, $query:literal, $drive:expr, $peer:expr) => {
        Operation {
            work: $work,
            clients: 16,
            drivers: 2,
            page: format!("{PEOPLE}{}", $query),
            call: |client, _| drop(client.call("GET", &format!("{PEOPLE}{}", $query), "", "", 200)),
            drive: $drive,
            peer: $peer,
        }
    };
}

/// All of them, reads first. The people stand in the table already.
pub fn all(people: &[Known], postgres: bool) -> Vec<Operation> {
    let record = format!("{PEOPLE}/{}", people[0].0);
    let mut operations = reads(&record);
    operations.extend(writes(&record, if postgres { 4 } else { 1 }));
    operations
}

fn reads(record: &str) -> Vec<Operation> {
    vec![
        Operation {
            work: "get one",
            clients: 16,
            drivers: 2,
            page: record.to_owned(),
            call: |client, people| drop(client.call("GET", &format!("{PEOPLE}/{}", one_of(people).0), "", "", 200)),
            drive: Some(|driver, people| driver.get(&one_of(people).1)),
            peer: Some(|client, people| drop(client.call("GET", &format!("/people/{}", one_of(people).0), "", "", 200))),
        },
        list!(
            "list 50, one filter",
            "?state=invited&limit=50",
            Some(|driver, _| driver.list("invited", " ORDER BY id LIMIT 51")),
            Some(|client, _| drop(client.call("GET", "/people?state=invited&limit=50", "", "", 200)))
        ),
        list!("list 200", "?state=invited&limit=200", None, Some(|client, _| drop(client.call("GET", "/people?state=invited&limit=200", "", "", 200)))),
        list!("sort=-updated_at", "?sort=-updated_at&limit=50", None, None),
        list!("sort=name", "?sort=name&limit=50", None, None),
        list!("include_total", "?state=invited&limit=50&include_total=true", None, None),
        list!("filter, unindexed", "?filter=location%20%3D%20%22Place%2077%22&limit=50", Some(|driver, _| driver.at_place("Place 77")), None),
        list!("q, a rare word", "?q=Unique77123&limit=50", None, None),
        list!("q, a word in every row", "?q=Person&limit=50", None, None),
    ]
}

fn create(client: &mut Client, _: &[Known]) {
    let body = format!(r#"{{"name":"Bench","email":"bench{}@example.org","location":"Bench"}}"#, next());
    drop(client.call("POST", PEOPLE, JSON, &body, 201));
}

fn create_at_peer(client: &mut Client, _: &[Known]) {
    let body = format!(r#"{{"name":"Bench","email":"peer{}@example.org","location":"Bench"}}"#, next());
    drop(client.call("POST", "/people", JSON, &body, 201));
}

fn writes(record: &str, drivers: usize) -> Vec<Operation> {
    let of = |work, clients, call: Call, drive: Drive, peer| Operation { work, clients, drivers, page: record.to_owned(), call, drive: Some(drive), peer };
    let patch: Call = |client, people| {
        let body = format!(r#"{{"location":"At {}"}}"#, next());
        drop(client.call("PATCH", &format!("{PEOPLE}/{}", one_of(people).0), PATCH, &body, 200));
    };
    vec![
        of("create, 16 clients", 16, create, |driver, _| driver.create(next()), Some(create_at_peer)),
        of("create, 64 clients", 64, create, |driver, _| driver.create(next()), Some(create_at_peer)),
        of("patch, 16 clients", 16, patch, |driver, people| driver.patch(&one_of(people).1, next()), None),
    ]
}
