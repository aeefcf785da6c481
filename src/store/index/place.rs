//! Where a record stands.

use crate::resource::Id;

/// Where a record stands: what decides whether a permission reaches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// In the catalogue that all share.
    Shared,
    /// With the principal who made it.
    Own(Id),
    /// In a unit, or nowhere in the tree of units.
    Unit(Option<Id>),
}
