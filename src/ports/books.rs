//! The books of the organisation: the currency in which its totals are told.

use crate::error::Result;
use crate::resource::Check;
use crate::resource::value::Currency;

/// Who keeps the settings of the books.
pub trait Books: Send + Sync {
    /// The base currency of the organisation.
    fn base_currency(&self, check: &mut Check<'_>) -> Result<Option<Currency>>;
}

/// The base currency of the organisation; none where nobody keeps it.
pub fn base_currency(check: &mut Check<'_>) -> Result<Option<Currency>> {
    match check.definitions.answers.get::<&'static dyn Books>() {
        Some(port) => port.base_currency(check),
        None => Ok(None),
    }
}
