//! Which permissions there are beside those on the records of collections.

/// The permissions that operations beside the usual ones need.
pub struct OfOperations(pub Vec<String>);
