//! The books of the organisation, as the settings have them.

use crate::error::Result;
use crate::ports::books;
use crate::resource::Check;
use crate::resource::value::Currency;
use diesel::prelude::*;
use steward_schema::platform::settings;

/// The settings of the books.
pub struct Books;

impl books::Books for Books {
    fn base_currency(&self, check: &mut Check<'_>) -> Result<Option<Currency>> {
        Ok(settings::table.order(settings::id).select(settings::base_currency).first(check.connection).optional()?)
    }
}
