//! The exceptions that were ever approved, as a reader sees them.

use super::exception::Exception;
use super::exception_debt::Given;
use super::exception_level::ExceptionLevel;
use super::exceptions_in_force::GIVEN;
use diesel::prelude::*;
use steward_core::database::Dialect;
use steward_core::error::Result;
use steward_core::ports::exception::ExceptionKind;
use steward_core::resource::Id;
use steward_core::resource::value::{Date, Title};
use steward_core::store::Reader;
use steward_schema::governance::exceptions;

/// An exception that was ever approved.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = exceptions, check_for_backend(Dialect))]
pub struct ApprovedException {
    /// The exception.
    pub id: Id,
    /// The one that it extends.
    pub extends_id: Option<Id>,
    /// The level of the stake.
    pub level: ExceptionLevel,
    /// First day.
    pub starts_on: Date,
    /// Last day.
    pub expires_on: Date,
    /// Its state.
    pub state: String,
    /// Its title.
    pub title: Title,
    /// Its type.
    pub kind: ExceptionKind,
    /// Its subject.
    pub subject_id: Id,
    /// The unit to which it belongs.
    pub unit_id: Id,
    /// Its accountable owner.
    pub owner_id: Option<Id>,
}

impl ApprovedException {
    /// The exception as far as its debt follows from it.
    pub fn given(&self) -> Given {
        Given {
            id: self.id,
            extends: self.extends_id,
            level: self.level,
            starts_on: self.starts_on,
            expires_on: self.expires_on,
            revoked: self.state == "revoked",
            settled: self.state == "expired",
        }
    }
}

/// The exceptions in sight that were ever approved, and made by the end of a day.
pub fn approved_by(reader: &mut Reader<'_>, day: Date) -> Result<Vec<ApprovedException>> {
    let seen = reader.sees::<Exception>()?;
    let mut approved = exceptions::table
        .filter(exceptions::state.eq_any(GIVEN))
        .filter(seen.clone())
        .order(exceptions::id)
        .select(ApprovedException::as_select())
        .into_boxed();
    if day < reader.today() {
        approved = approved.filter(exceptions::created_at.lt(day.plus_days(1).midnight()));
    }
    Ok(approved.load(reader.within(&seen))?)
}
