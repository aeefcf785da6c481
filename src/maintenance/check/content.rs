//! What is in the database: its history, its keys, and whether it is later there than here.

use super::finding::{Finding, good, note, or_good, sentence, wrong};
use crate::access::key;
use crate::database::Connection;
use crate::error::Result as Outcome;
use crate::history::{latest, verify_all};
use crate::maintenance::audit::{look_at_seals, told};
use crate::maintenance::refusal::explain;
use crate::resource::value::Instant;

/// Number of broken records that are named.
const NAMED: usize = 5;
/// Seconds by which the last change may be ahead.
const SLACK: i64 = 5;

/// Looks at all of it.
pub fn check(connection: &mut Connection, key: &Result<bool, String>, now: Instant) -> Vec<Finding> {
    let mut findings = history(connection)
        .unwrap_or_else(|error| vec![wrong("history", format!("It cannot be read: {} Restore the last backup that is whole.", sentence(&explain(error))))]);
    findings.extend(keys(connection, key).unwrap_or_else(|error| vec![wrong("key", sentence(&explain(error)))]));
    match latest(connection) {
        Ok(Some(last)) if (last.0 - now.0).num_seconds() > SLACK => {
            findings.push(wrong("clock", format!("The last change was made at {last}, and here it is {now}. Set the clock of this machine by NTP.")));
        }
        Ok(_) => findings.push(good("clock", format!("It is {now}."))),
        Err(error) => findings.push(wrong("clock", sentence(&explain(error)))),
    }
    findings
}

fn history(connection: &mut Connection) -> Outcome<Vec<Finding>> {
    let verified = verify_all(connection, &mut |_| {})?;
    let mut complaints: Vec<Finding> =
        verified.broken.iter().take(NAMED).map(|broken| wrong("history", format!("That of {} Compare it with a backup.", told(broken)))).collect();
    if verified.broken.len() > NAMED {
        complaints.push(wrong("history", format!("And that of {} more records.", verified.broken.len() - NAMED)));
    }
    let (seals, of_seals) = look_at_seals(connection, &[])?;
    complaints.extend(of_seals.into_iter().take(NAMED).map(|complaint| wrong("history", format!("{complaint} Compare it with a backup."))));
    let well = format!("{} revisions of {} records are as they were written, and {seals} seals over them hold.", verified.revisions, verified.records);
    Ok(or_good(complaints, "history", well))
}

fn keys(connection: &mut Connection, key: &Result<bool, String>) -> Outcome<Vec<Finding>> {
    let in_clear = key::in_clear(connection)?;
    // Those that are sealed open by the secret that is given, or this says what is missing.
    key::read(connection)?;
    Ok(match (key, in_clear) {
        (_, 0) => Vec::new(),
        (Ok(true), _) => vec![note("key", "The signing keys stand in clear: the next start seals them.")],
        (_, _) => vec![note(
            "key",
            "The signing keys stand in the database in clear: whoever reads a backup signs tokens. Set STEWARD_KEY_FILE to the file of a secret (openssl rand -base64 32).",
        )],
    })
}
