//! What is due, from one source for the calendar, its feeds, the page that begins a day and the digests by mail: the dates that records hold,
//! and those that follow from others.

use crate::error::Result;
use crate::store::{Dated, DerivedDate, Reader, Span, in_order};

/// Dates of a collection that follow from others, such as the last day for notice.
#[derive(Clone, Copy)]
pub struct DerivedDates {
    /// The collection.
    pub collection: &'static str,
    /// Finds those in a span, of what the reader may see; it may find others as well.
    pub find: fn(&mut Reader<'_>, &Span) -> Result<Vec<DerivedDate>>,
}

/// What the domains derive.
pub struct Derived(pub Vec<DerivedDates>);

/// The dates in a span, the earliest first, so many at most and one more if there are more.
pub fn dates(reader: &mut Reader<'_>, span: &Span, most: usize) -> Result<Vec<Dated>> {
    let mut found = reader.dates(span, most)?;
    let definitions = reader.store.definitions.clone();
    let wanted = |path: &str| span.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|kind| kind.path == path));
    for derived in definitions.answers.get::<Derived>().into_iter().flat_map(|derived| &derived.0).filter(|derived| wanted(derived.collection)) {
        let Some(definition) = definitions.get(derived.collection) else { continue };
        let dates = (derived.find)(reader, span)?;
        found.extend(reader.derived_dates(definition, span, dates)?);
    }
    in_order(&mut found);
    found.truncate(most.saturating_add(1));
    Ok(found)
}
