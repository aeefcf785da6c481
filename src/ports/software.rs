//! Installed software: what runs where, in which version.

use super::ask;
use crate::error::Result;
use crate::resource::value::Title;
use crate::resource::{Check, Id};

/// A software product.
#[derive(Debug, Clone)]
pub struct Product {
    /// The product.
    pub id: Id,
    /// Name.
    pub name: String,
    /// Publisher.
    pub publisher: Option<Title>,
    /// CPE 2.3 name.
    pub cpe: Option<String>,
    /// Package URL without a version.
    pub purl: Option<String>,
}

/// An installation of a release of a product.
#[derive(Debug, Clone)]
pub struct Installed {
    /// The installation.
    pub id: Id,
    /// The unit that it belongs to.
    pub unit: Id,
    /// The product.
    pub product: Id,
    /// Version of the release.
    pub version: String,
    /// Name of the host.
    pub host: String,
    /// Path on the host.
    pub path: Option<String>,
}

/// The owner of the software.
pub trait Software: Send + Sync {
    /// All products.
    fn products(&self, check: &mut Check<'_>) -> Result<Vec<Product>>;

    /// The installations of some products.
    fn installed(&self, check: &mut Check<'_>, products: &[Id]) -> Result<Vec<Installed>>;
}

/// All products; none where nobody keeps software.
pub fn products(check: &mut Check<'_>) -> Result<Vec<Product>> {
    ask(check, |port: &'static dyn Software, check| port.products(check))
}

/// The installations of some products; none where nobody keeps software.
pub fn installed(check: &mut Check<'_>, products: &[Id]) -> Result<Vec<Installed>> {
    match check.definitions.answers.get::<&'static dyn Software>() {
        Some(port) if !products.is_empty() => port.installed(check, products),
        _ => Ok(Vec::new()),
    }
}
