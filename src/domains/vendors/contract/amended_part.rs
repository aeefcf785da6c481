//! Parts of a contract once it is approved: they are written under an amendment while that is a draft.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::access::{accounts_of, person_of};
use steward_core::error::{Problem, Result};
use steward_core::resource::{Check, Id};
use steward_schema::service::revisions;
use steward_schema::vendors::{amendments, contract_lines, contract_obligations, contracts, sla_targets};

/// The states of a contract in which it is written itself.
pub const WRITTEN: [&str; 2] = ["draft", "in_review"];

/// The states of a contract in which it binds, or did: what was agreed and is not recorded yet is recorded then.
pub const BINDING: [&str; 5] = ["signed", "active", "suspended", "expired", "terminated"];

/// Refuses a new part of a contract between its approval and its signature, and under an amendment that is no draft (409). Of a contract that
/// binds, what was agreed may be recorded later: changed it is by an amendment alone.
pub fn require_recordable(check: &mut Check<'_>, contract: Id, amendment: Option<Id>) -> Result<()> {
    let state: Option<String> = contracts::table.find(contract).select(contracts::state).first(check.connection).optional()?;
    let binds = state.is_some_and(|state| BINDING.contains(&state.as_str()));
    if amendment.is_none() && binds { Ok(()) } else { require_open(check, contract, amendment) }
}

/// Refuses to write a part of an approved contract other than under an amendment of it that is a draft (409). The service itself writes what
/// a signed amendment changes.
pub fn require_open(check: &mut Check<'_>, contract: Id, amendment: Option<Id>) -> Result<()> {
    if check.actor == Id::system() {
        return Ok(());
    }
    let found: Option<(String, String)> = contracts::table.find(contract).select((contracts::code, contracts::state)).first(check.connection).optional()?;
    let Some((code, state)) = found else { return Ok(()) };
    let detail = match amendment {
        Some(amendment) => match unwritable(check, amendment)? {
            Some(detail) => detail,
            None => return Ok(()),
        },
        None if WRITTEN.contains(&state.as_str()) => return Ok(()),
        None => format!("The contract {code} is {state}: what it contains stays as it was approved."),
    };
    let advice = match draft_of(check, contract)? {
        Some(number) => format!("Write the change under amendment {number}, which is a draft."),
        None => "Make an amendment, and write the change under it while it is a draft.".to_owned(),
    };
    Err(Problem::conflict("/amendment_id", "contract_state", format!("{detail} {advice}")).into())
}

/// Refuses to change a part where [`require_open`] refuses the contract and the amendment of which it was, or those of which it is now (409).
pub fn require_both_open(check: &mut Check<'_>, before: (Id, Option<Id>), now: (Id, Option<Id>)) -> Result<()> {
    if before != now {
        require_open(check, before.0, before.1)?;
    }
    require_open(check, now.0, now.1)
}

/// Why nothing is written under an amendment; none while it is a draft.
fn unwritable(check: &mut Check<'_>, amendment: Id) -> Result<Option<String>> {
    let found: Option<(i64, String)> = amendments::table.find(amendment).select((amendments::number, amendments::state)).first(check.connection).optional()?;
    let fixed = found.filter(|(_, state)| state != "draft");
    Ok(fixed.map(|(number, state)| format!("The amendment {number} is {state}: what it contains stays as it was approved.")))
}

/// The number of an amendment of a contract that is a draft.
fn draft_of(check: &mut Check<'_>, contract: Id) -> Result<Option<i64>> {
    let drafts = amendments::table.filter(amendments::contract_id.eq(contract).and(amendments::state.eq("draft")));
    Ok(drafts.order(amendments::number).select(amendments::number).first(check.connection).optional()?)
}

/// True if the caller wrote a part of an amendment, and not the amendment itself: who did that is known to have.
pub fn wrote_only_a_part(check: &mut Check<'_>, amendment: Id) -> Result<bool> {
    let person = person_of(check.connection, check.actor)?;
    let accounts = accounts_of(check.connection, check.actor, person)?;
    if wrote(check, &[amendment], &accounts)? {
        return Ok(false);
    }
    let parts = parts_of(check, amendment)?;
    wrote(check, &parts, &accounts)
}

/// True if one of some accounts wrote one of some records.
fn wrote(check: &mut Check<'_>, records: &[Id], accounts: &[Id]) -> Result<bool> {
    let written = revisions::table.filter(revisions::resource_id.eq_any(records).and(revisions::actor_id.eq_any(accounts)));
    Ok(select(exists(written)).get_result(check.connection)?)
}

/// What is written under an amendment.
fn parts_of(check: &mut Check<'_>, amendment: Id) -> Result<Vec<Id>> {
    let mut parts: Vec<Id> = contract_lines::table.filter(contract_lines::amendment_id.eq(amendment)).select(contract_lines::id).load(check.connection)?;
    parts.extend(sla_targets::table.filter(sla_targets::amendment_id.eq(amendment)).select(sla_targets::id).load::<Id>(check.connection)?);
    let obligations = contract_obligations::table.filter(contract_obligations::amendment_id.eq(amendment));
    parts.extend(obligations.select(contract_obligations::id).load::<Id>(check.connection)?);
    Ok(parts)
}
