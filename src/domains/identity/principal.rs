//! What holds for every account: who may change it, and that somebody is left who may do everything and can log in.

use super::permission::KnownPermissions;
use std::cell::LazyCell;
use std::collections::BTreeSet;
use steward_core::access::Pattern;
use steward_core::access::authority::{self, EVERYTHING, Pillar};
use steward_core::error::{FieldError, Kind as ProblemKind, Problem, Result};
use steward_core::resource::value::Text;
use steward_core::resource::{Check, Id, Lock, UnmetGuard};

/// What must not change while it is judged who may do what.
pub fn locks() -> Vec<Lock> {
    vec![Lock::Named(authority::LOCK.into())]
}

/// Refuses to give, take or touch what the caller does not hold where it holds (403).
pub fn require_all(check: &mut Check<'_>, wanted: BTreeSet<(Pattern, Option<Id>)>, detail: impl Fn(&Pattern) -> String) -> Result<()> {
    let holds = check.holds;
    for (permission, unit) in wanted {
        if !holds(check.connection, &permission.to_string(), unit)? {
            return Err(Problem::new(ProblemKind::Forbidden, detail(&permission)).into());
        }
    }
    Ok(())
}

/// Refuses to change an account that holds what the caller does not (403): whoever could reset its secret would hold that too.
pub fn require_as_strong(check: &mut Check<'_>, principal: Id) -> Result<()> {
    if check.actor == Id::system() {
        return Ok(());
    }
    let held = authority::held(check.connection, principal)?;
    require_all(check, held, |_| "That account may do something that you may not do, so you cannot change it. Ask an administrator.".into())
}

/// Refuses what could make somebody another one, unless the caller may do everything (403).
pub fn require_everything(check: &mut Check<'_>, detail: &str) -> Result<()> {
    let wanted = Pattern::parse(EVERYTHING).map(|all| (all, None)).into_iter().collect();
    require_all(check, wanted, |_| detail.into())
}

/// What is missing before something goes by which somebody may do everything: somebody else who may.
pub fn last_administrator(check: &mut Check<'_>, pillar: Pillar) -> Result<Option<UnmetGuard>> {
    if !authority::carries(check.connection, pillar)? || authority::stands_without(check.connection, pillar)? {
        return Ok(None);
    }
    let detail = "Nobody else may do everything and can log in: the last administrator stays. Make another user who has a password an administrator first.";
    Ok(Some(UnmetGuard::new("", "last_administrator", detail)))
}

/// The same as a refusal (409).
pub fn keep_last_administrator(check: &mut Check<'_>, pillar: Pillar) -> Result<()> {
    match last_administrator(check, pillar)? {
        None => Ok(()),
        Some(unmet) => Err(Problem::conflict(unmet.0.pointer, &unmet.0.code, unmet.0.detail).into()),
    }
}

/// Refuses permissions that do not exist (422): they would be held, and never asked for. Those that a record had before stay.
pub fn require_known(check: &Check<'_>, field: &str, named: &[Text<5, 200>], before: &[Text<5, 200>]) -> Result<()> {
    let known = LazyCell::new(|| KnownPermissions::of(check.definitions));
    let unknown = |text: &Text<5, 200>| Pattern::parse(text).is_some_and(|pattern| !known.has(&pattern));
    let added = named.iter().enumerate().filter(|(_, text)| !before.contains(text) && unknown(text));
    let told = |(at, text): (usize, &Text<5, 200>)| {
        let detail = format!("There is no permission {}. The document of the API names those of each operation in x-permission.", &**text);
        FieldError::new(format!("/{field}/{at}"), "permission", detail)
    };
    let faults: Vec<FieldError> = added.map(told).collect();
    if faults.is_empty() { Ok(()) } else { Err(Problem::invalid(faults).into()) }
}
