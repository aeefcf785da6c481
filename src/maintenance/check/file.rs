//! Files of the settings: the key, the authorities, the database and what is beside it.

use super::finding::{Finding, good, note, or_good, wrong};
use crate::clock::Clock;
use crate::config::Serve;
use crate::database::file::{beside, path_in};
use crate::database::{ROOM, free};
use crate::outgoing::Outgoing;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// What belongs to other accounts as well.
fn is_open(path: &Path) -> Option<u32> {
    let mode = path.metadata().ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

/// Looks at all of them.
pub fn check(settings: &Serve, key: &Result<bool, String>) -> Vec<Finding> {
    let mut findings = key_file(settings, key);
    if let Err(why) = Outgoing::new(&settings.allow_private_addresses, settings.ca_file.as_deref(), Clock::system()) {
        findings.push(wrong("outgoing", format!("{why} Mend STEWARD_ALLOW_PRIVATE_ADDRESSES or STEWARD_CA_FILE.")));
    }
    if let Some(path) = path_in(&settings.database.database_url) {
        findings.extend(database(&path));
    }
    findings
}

fn key_file(settings: &Serve, key: &Result<bool, String>) -> Vec<Finding> {
    const SUBJECT: &str = "key";
    let given = &settings.database.key;
    let mut complaints: Vec<Finding> = key.as_ref().err().map(|why| wrong(SUBJECT, why.clone())).into_iter().collect();
    if let Some((file, mode)) = given.key_file.as_ref().and_then(|file| Some((file, is_open(file)?))) {
        complaints.push(wrong(SUBJECT, format!("{} can be read by other accounts (mode {mode:o}). Run chmod 600 on it.", file.display())));
    }
    if given.key.is_some() {
        complaints.push(note(SUBJECT, "The secret stands in the environment of the process. Put it into a file, and set STEWARD_KEY_FILE."));
    }
    match key {
        Ok(true) => or_good(complaints, SUBJECT, "A secret is given that seals the signing keys."),
        _ => complaints,
    }
}

fn database(path: &Path) -> Vec<Finding> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut findings = Vec::new();
    let files = ["", "-wal", "-shm", ".lock"].map(|suffix| beside(path, suffix));
    let open: Vec<Finding> = files
        .iter()
        .filter_map(|file| {
            Some(wrong(
                "files",
                format!("{} is open to other accounts (mode {:o}). Run chmod 600 on it, or start the service.", file.display(), is_open(file)?),
            ))
        })
        .collect();
    findings.extend(or_good(open, "files", "The database's files belong to one account alone."));
    let size = fs::metadata(path).map_or(0, |known| known.len());
    // A folder that is not there yet is made where the first one is that is.
    let there = folder.ancestors().find(|folder| folder.as_os_str().is_empty() || folder.is_dir()).filter(|folder| !folder.as_os_str().is_empty());
    match free(there.unwrap_or(Path::new("."))) {
        Some(left) if left < ROOM => findings.push(wrong(
            "disk",
            format!("{} MiB are free beside the database, and {} are needed to write. Make room, or move the database.", left >> 20, ROOM >> 20),
        )),
        Some(left) if left < size => {
            findings.push(note("disk", format!("{} MiB are free beside the database: less than a backup beside it takes.", left >> 20)))
        }
        Some(left) => findings.push(good("disk", format!("{} MiB are free beside the database.", left >> 20))),
        None => findings.push(note("disk", format!("How much is free in {} cannot be read.", folder.display()))),
    }
    findings
}
