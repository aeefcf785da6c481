//! Lists that name each thing once.

/// The place of the first value that names what another one names already.
pub fn twice<T: PartialEq>(values: &[T]) -> Option<usize> {
    values.iter().enumerate().find(|(at, value)| values.iter().take(*at).any(|other| other == *value)).map(|(at, _)| at)
}
