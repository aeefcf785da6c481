//! Lists read to their end, and the version of what was read.

use crate::problem::Failure;
use futures_core::Stream;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use progenitor_client::{ByteStream, Error, ResponseValue};
use std::future::Future;

/// A page of a list.
pub trait Page {
    /// Record of the list.
    type Record;

    /// The records, and the cursor of the page after it.
    fn parts(self) -> (Vec<Self::Record>, Option<String>);
}

/// A record with a version.
pub trait Versioned {
    /// The version that was read.
    fn revision(&self) -> u64;
}

/// The `If-Match` of a change to what was read: refused with 412 after a change by another.
pub fn if_match(record: &impl Versioned) -> String {
    format!("\"{}\"", record.revision())
}

/// All records of a list: `page` asks for the page at a cursor, the first one without.
pub fn every<P, F, A>(page: F) -> impl Stream<Item = Result<P::Record, Failure>>
where
    P: Page,
    F: FnMut(Option<String>) -> A,
    A: Future<Output = Result<ResponseValue<P>, Error<ByteStream>>>,
{
    let pages = stream::try_unfold((page, Some(None)), |(mut page, next)| async move {
        let Some(cursor) = next else { return Ok(None) };
        let answer = match page(cursor).await {
            Ok(answer) => answer,
            Err(error) => return Err(Failure::of(error).await),
        };
        let (records, next) = answer.into_inner().parts();
        Ok(Some((records, (page, next.map(Some)))))
    });
    pages.map_ok(|records| stream::iter(records).map(Ok)).try_flatten()
}
