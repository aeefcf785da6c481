//! What a set of rows comes to, whichever database holds them and in whatever order.

use crate::database::SqlValue;
use crate::history::canonical;
use sha2::{Digest as _, Sha256};

/// The number of some rows, and the sum of their hashes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Digest {
    /// Number of rows.
    pub rows: u64,
    sum: [u64; 4],
}

impl Digest {
    /// Adds a row. A sum and not a chain: the two databases sort texts differently.
    pub fn add(&mut self, row: &[SqlValue]) {
        let mut hash = Sha256::new();
        row.iter().for_each(|cell| add_cell(cell, &mut hash));
        let hash = hash.finalize();
        for (lane, bytes) in self.sum.iter_mut().zip(hash.chunks_exact(8)) {
            *lane = lane.wrapping_add(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)));
        }
        self.rows += 1;
    }
}

/// A cell by its kind, its length and its bytes, so that no two rows of different cells are alike.
fn add_cell(cell: &SqlValue, hash: &mut Sha256) {
    let (kind, bytes): (u8, Vec<u8>) = match cell {
        SqlValue::Null(_) => (0, Vec::new()),
        SqlValue::Id(id) => (1, id.0.as_bytes().to_vec()),
        SqlValue::Text(text) => (2, text.as_bytes().to_vec()),
        SqlValue::Integer(number) => (3, number.to_be_bytes().to_vec()),
        SqlValue::Real(number) => (4, number.to_bits().to_be_bytes().to_vec()),
        SqlValue::Bool(truth) => (5, vec![u8::from(*truth)]),
        SqlValue::Date(date) => (6, date.to_string().into_bytes()),
        SqlValue::Instant(at) => (7, at.to_string().into_bytes()),
        // PostgreSQL keeps what a document says and not how it was written.
        SqlValue::Doc(document) => (8, canonical(&document.0).into_bytes()),
        SqlValue::Bytes(bytes) => (9, bytes.clone()),
    };
    hash.update([kind]);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(&bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::{Doc, SqlType};
    use serde_json::json;

    fn digest(rows: &[&[SqlValue]]) -> Digest {
        let mut digest = Digest::default();
        rows.iter().for_each(|row| digest.add(row));
        digest
    }

    #[test]
    fn rows_in_another_order_come_to_the_same_and_other_rows_do_not() {
        let (one, other): ([SqlValue; 2], [SqlValue; 2]) = (["a".into(), 1.into()], ["b".into(), 2.into()]);
        assert_eq!(digest(&[&one, &other]), digest(&[&other, &one]));
        assert_ne!(digest(&[&one, &other]), digest(&[&["a".into(), 2.into()], &["b".into(), 1.into()]]));
        assert_ne!(digest(&[&one]), digest(&[&one, &one]));
        assert_ne!(digest(&[&["ab".into(), "c".into()]]), digest(&[&["a".into(), "bc".into()]]));
        assert_ne!(digest(&[&["".into()]]), digest(&[&[SqlValue::Null(SqlType::Text)]]));
    }

    #[test]
    fn a_document_counts_by_what_it_says() {
        let documents = [json!({"a": 1, "b": [1.0, null]}), json!({"b": [1, null], "a": 1.0})];
        let [one, other] = documents.map(|document| digest(&[&[SqlValue::Doc(Doc(document))]]));
        assert_eq!(one, other);
    }
}
