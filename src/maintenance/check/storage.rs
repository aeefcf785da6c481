//! The database itself: whether it can be reached, whose it is, and whether its tables are those of this program.

use super::finding::{Finding, good, note, sentence, wrong};
use crate::database::file::{faults, path_in};
use crate::database::server::{Server, server, tables};
use crate::database::{Connection, Database, Standing, standing};
use crate::resource::value::Instant;
use chrono::Utc;

const SUBJECT: &str = "database";
/// What to do with a database that is damaged.
const RESTORE: &str = "Restore the last backup that is whole by `steward restore`.";
/// Connections that one process opens, and some for who looks on.
const CONNECTIONS: i64 = 20;
/// Difference of two clocks that does no harm, in seconds.
const SLACK: i64 = 5;

/// What was found, and a connection to what can be read.
type Opened = (Vec<Finding>, Option<Connection>);

/// Opens the database. What is in it can be read if a connection comes back.
pub fn check(url: &str) -> Opened {
    if path_in(url).is_some_and(|path| !path.as_os_str().is_empty() && !path.exists()) {
        return (vec![note(SUBJECT, "There is no file yet: the first start makes it. If there should be one, mend STEWARD_DATABASE_URL.")], None);
    }
    match Database::connect(url) {
        Ok(connection) => look(connection),
        Err(why) if path_in(url).is_some() => {
            (vec![wrong(SUBJECT, format!("{} {RESTORE} If it is another file, mend STEWARD_DATABASE_URL.", sentence(&why)))], None)
        }
        Err(why) => (vec![wrong(SUBJECT, format!("{} Mend STEWARD_DATABASE_URL, or start the database.", sentence(&why)))], None),
    }
}

fn look(mut connection: Connection) -> Opened {
    let mut findings = Vec::new();
    match server(&mut connection) {
        Ok(Some(known)) => findings.extend(of_server(&known)),
        Ok(None) => {}
        Err(why) => return (vec![wrong(SUBJECT, format!("The server does not say what it is: {}", sentence(&why)))], None),
    }
    let (finding, is_whole) = match standing(&mut connection) {
        Ok(Standing::Current) => (good(SUBJECT, "Its tables are those of this version."), true),
        Ok(Standing::Behind(count)) => {
            (note(SUBJECT, format!("{count} migrations have not run: the next start runs them, or `steward migrate`. Take a backup before.")), false)
        }
        Ok(Standing::Newer(name)) => {
            (wrong(SUBJECT, format!("It is of a newer version of Steward (migration {name}). Run that version, or restore a backup of this one.")), false)
        }
        Ok(Standing::Unfinished) => (wrong(SUBJECT, "A move into it has not come to its end. Run `steward move` again."), false),
        Ok(Standing::Foreign) => match tables(&mut connection) {
            Ok(0) => (note(SUBJECT, "It is empty: the first start makes its tables."), false),
            _ => (wrong(SUBJECT, "It holds the tables of another program. Name a database of its own in STEWARD_DATABASE_URL."), false),
        },
        Err(why) => (wrong(SUBJECT, format!("It cannot be read: {} {RESTORE}", sentence(&why))), false),
    };
    findings.push(finding);
    if !connection.is_postgres() && is_whole {
        findings.extend(match faults(&mut connection) {
            Ok(faults) if faults.is_empty() => vec![good("integrity", "The file is whole.")],
            Ok(faults) => faults.into_iter().map(|fault| wrong("integrity", format!("{} {RESTORE}", sentence(&fault)))).collect(),
            Err(why) => vec![wrong("integrity", format!("{} {RESTORE}", sentence(&why)))],
        });
    }
    (findings, is_whole.then_some(connection))
}

fn of_server(known: &Server) -> Vec<Finding> {
    let mut findings = vec![good("server", format!("PostgreSQL {}.", known.version))];
    if known.encoding != "UTF8" {
        findings.push(wrong("server", format!("The database is encoded in {}. Make one in UTF8, and move the data there.", known.encoding)));
    }
    if known.connections < CONNECTIONS {
        findings.push(wrong("server", format!("It takes {} connections, and each process opens up to 16. Raise max_connections.", known.connections)));
    }
    if !known.may_create {
        findings.push(wrong("server", "The role may make no tables, which a new version needs. GRANT CREATE on the schema to it."));
    }
    let apart = (Instant(Utc::now()).0 - known.now.0).num_seconds();
    if apart.abs() > SLACK {
        findings.push(wrong("clock", format!("The clocks of this machine and of the server are {} s apart. Set both by NTP.", apart.abs())));
    }
    findings
}
