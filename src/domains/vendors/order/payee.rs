//! Who is paid: a vendor that is not blocked, on an account that is verified.

use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::Title;
use steward_core::resource::{Check, Id, UnmetGuard};
use steward_schema::vendors::{bank_accounts, vendors};

/// What keeps a vendor from being paid, and from paying back.
pub fn unmet_vendor(check: &mut Check<'_>, vendor: Id, pointer: &str) -> Result<Option<UnmetGuard>> {
    let found: Option<(Title, String)> = vendors::table.find(vendor).select((vendors::name, vendors::state)).first(check.connection).optional()?;
    Ok(found.filter(|(_, state)| state == "blocked").map(|(name, _)| {
        let detail = format!("Vendor \"{}\" is blocked: nothing is approved or paid. Move it to onboarding first.", name.0);
        UnmetGuard::new(pointer, "state", detail)
    }))
}

/// What keeps an account from being paid to.
pub fn unmet_account(check: &mut Check<'_>, account: Option<Id>) -> Result<Option<UnmetGuard>> {
    let Some(account) = account else { return Ok(None) };
    let state: Option<String> = bank_accounts::table.find(account).select(bank_accounts::state).first(check.connection).optional()?;
    Ok(state.filter(|state| state != "verified").map(|state| {
        let detail = format!("The account is {state}, and only a verified one is paid. Have it verified, or name another in bank_account_id.");
        UnmetGuard::new("/bank_account_id", "state", detail)
    }))
}

/// The refusal of a transfer to nowhere.
pub fn no_account() -> UnmetGuard {
    UnmetGuard::new("/bank_account_id", "required", "Only a verified account of the vendor is paid. Set bank_account_id first.")
}
