//! A parameter of a list that is kept for later: whether the collection takes it.

use super::query;
use crate::access::Session;
use crate::error::Result;
use crate::http::response::shape::Shape;
use crate::resource::{ResourceType, ResourceTypes};
use crate::store::{CustomKinds, Filter};

/// What is wrong with a parameter of a list, as the list itself would say it; none if nothing is. Fields that some callers do not see are
/// known here: who uses the parameter is told then.
pub fn fault_of_list(definitions: &ResourceTypes, (definition, customs): (&'static ResourceType, &CustomKinds), name: &str, text: &str) -> Option<String> {
    fault_for(definitions, (definition, customs), &Session::system(), name, text)
}

/// The same as the list would say it to a session: fields that it does not see are unknown.
pub fn fault_for(
    definitions: &ResourceTypes,
    (definition, customs): (&'static ResourceType, &CustomKinds),
    session: &Session,
    name: &str,
    text: &str,
) -> Option<String> {
    let pairs = vec![(name.to_owned(), text.to_owned())];
    let read = query::read(definitions, (definition, customs), session, &pairs).map(drop);
    let read = read.and_then(|()| Shape::read(definitions, definition, None, session, &pairs).map(drop));
    read.err().map(|error| error.into_problem().detail)
}

/// A filter that is kept, as it is for a session: fields that the session does not see are unknown (400).
pub fn filter_of_list(definitions: &ResourceTypes, listed: (&'static ResourceType, &CustomKinds), session: &Session, text: &str) -> Result<Option<Filter>> {
    Ok(query::read(definitions, listed, session, &[("filter".to_owned(), text.to_owned())])?.filter)
}
