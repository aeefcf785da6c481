//! What one domain asks of another, as small traits: implemented by the domain that knows, wired in the catalogue.

pub mod authority;

/// Who answers what.
#[derive(Clone, Copy)]
pub struct Ports {
    /// Whether somebody may approve something.
    pub authority: &'static dyn authority::Authority,
}
