//! The moves that the service makes by date, when their day has come: at the start, and then about every minute.

use super::Work;
use crate::error::Result;
use crate::store::Writer;
use serde_json::{Value, json};
use std::sync::Arc;

/// After how many seconds the service looks again, where nothing else is set.
pub const USUAL_SECONDS: i64 = 60;
/// How many moves are made in one transaction.
const BATCH: usize = 50;

/// The work of making the moves that are due, looked for every so many seconds.
pub fn due_moves(seconds: i64) -> Work {
    Work { kind: "due_moves", period_seconds: Some(seconds), prepare: Arc::new(|_, _, _| Ok(Box::new(make))), report: None }
}

fn make(writer: &mut Writer<'_>) -> Result<Value> {
    let tally = writer.make_due_moves(BATCH)?;
    if tally.made > 0 || tally.refused > 0 {
        tracing::info!(made = tally.made, refused = tally.refused, "moves by date");
    }
    Ok(json!({"made": tally.made, "refused": tally.refused, super::AGAIN: tally.more}))
}
