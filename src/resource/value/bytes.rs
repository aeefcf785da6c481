//! Values as the bytes of a JSON answer.

use std::io::Write;

/// Writes something behind the bytes of an answer.
pub fn append<T: serde::Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    // Writing into memory cannot fail, and what is written has text for keys.
    let _ = serde_json::to_writer(out, value);
}

/// Writes the text of something that has no character to escape, in quotes, behind the bytes of an answer.
pub fn append_plain(value: &impl std::fmt::Display, out: &mut Vec<u8>) {
    let _ = write!(out, "\"{value}\"");
}
