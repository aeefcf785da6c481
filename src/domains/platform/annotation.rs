//! What hangs on a record of any kind, asked by the record's id.

use super::attachment::Attachment;
use super::comment::Comment;
use super::link::Link;
use super::tag::Tag;
use serde_json::Value;
use steward_core::database::SqlValue;
use steward_core::store::{Condition, Query};
use steward_core::view::prelude::*;

/// How many one answer has at most.
const MOST: usize = 1_000;

/// What hangs on a record by one of these fields, oldest first, as far as the caller may see it.
fn hanging<R: Resource>(cx: &mut Context<'_, '_>, fields: &[&str]) -> Result<Vec<Value>> {
    let id = cx.id()?;
    // Whose record is out of sight, or deleted, has nothing to show.
    let head = cx.head(id)?;
    if head.deleted_at.is_some() {
        return Ok(Vec::new());
    }
    let definition = cx.definition::<R>()?;
    let mut rows = Vec::new();
    for field in fields {
        let conditions = vec![Condition { column: (*field).to_owned(), any_of: vec![SqlValue::Id(id)] }];
        rows.extend(cx.list(definition, &Query { conditions, limit: MOST, ..Query::default() })?.rows);
    }
    rows.sort_by_key(|row| row.meta.id);
    rows.truncate(MOST);
    Ok(rows.iter().map(|row| cx.document(definition, row).into()).collect())
}

macro_rules! views {
    ($($(#[doc = $doc:literal])* $Answer:ident of $Kind:ident at $path:literal by $fields:expr, $summary:literal, $description:literal;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Serialize, ToSchema)]
        pub struct $Answer {
            /// The records, oldest first.
            #[schema(value_type = Vec<$Kind>)]
            pub data: Vec<Value>,
        }

        impl View for $Answer {
            const PATH: &'static str = $path;
            const SUMMARY: &'static str = $summary;
            const DESCRIPTION: &'static str = $description;
            type Reads = ($Kind,);
            type Query = NoQuery;
            type Answer = Self;

            fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
                Ok($Answer { data: hanging::<$Kind>(cx, $fields)? })
            }
        }
    )*};
}

views! {
    /// The links of a record.
    RecordLinks of Link at "platform/resources/{id}/links" by &["subject_id", "target_id"],
        "Get the links of a record", "The links from a record and to it, oldest first, 1,000 at most; links from or to records that you may not see are left out.";
    /// The comments on a record.
    RecordComments of Comment at "platform/resources/{id}/comments" by &["subject_id"],
        "Get the comments on a record", "The comments on a record, oldest first, 1,000 at most. Of more, list platform/comments by subject_id.";
    /// The tags of a record.
    RecordTags of Tag at "platform/resources/{id}/tags" by &["subject_id"],
        "Get the tags of a record", "The tags of a record, oldest first, 1,000 at most. Of more, list platform/tags by subject_id.";
    /// The attachments of a record.
    RecordAttachments of Attachment at "platform/resources/{id}/attachments" by &["subject_id"],
        "Get the attachments of a record", "The attachments of a record, oldest first, 1,000 at most. Of more, list platform/attachments by subject_id.";
}
