//! What waits for the caller's approval, as one domain tells another.

use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::{Instant, Text, Title};
use crate::store::Reader;
use serde::Serialize;
use utoipa::ToSchema;

/// A record that waits for an approving transition that the caller can make.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WaitingApproval {
    /// Collection of the record, as domain/collection.
    pub collection: Text<3, 100>,
    /// The record.
    pub id: Id,
    /// Title of the record.
    pub title: Text<0, 1000>,
    /// State in which it waits.
    pub state: Text<1, 40>,
    /// State after the transition.
    pub to: Text<1, 40>,
    /// Name of the transition.
    pub name: Text<1, 100>,
    /// Label of the transition for people.
    pub label: Title,
    /// Time since which it waits.
    pub waiting_since: Instant,
}

/// The records that wait for the caller's approval.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    /// The records, those that began to wait last first.
    pub data: Vec<WaitingApproval>,
    /// Number of them in all.
    pub total: i64,
    /// Whether there are more than were looked at.
    pub capped: bool,
}

/// The domain that knows what waits for approval: at most so many records of the caller's.
pub struct ApprovalQueue(pub fn(&mut Reader<'_>, usize) -> Result<Queue>);

/// What waits for the caller's approval; nothing where nobody knows.
pub fn waiting_approvals(reader: &mut Reader<'_>, limit: usize) -> Result<Queue> {
    let definitions = reader.store.definitions.clone();
    definitions.answers.get::<ApprovalQueue>().map_or_else(|| Ok(Queue::default()), |queue| (queue.0)(reader, limit))
}
