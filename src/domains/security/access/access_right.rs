//! Access rights: who may do what in which service.

use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::ports::people::has_left;
use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{Check, Flag, Id, Lock, Own, Resource, Scope, ValidationErrors, Watch};
use steward_schema::security::access_rights;

steward_core::resource! {
    /// Right of a person in a service. It is in force from the day on which it was granted until it expires or is revoked.
    pub struct AccessRight {
        /// Holder of the right.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// Service in which the right applies.
        #[field(refers_to(&["infrastructure/services"]), fixed)]
        pub service_id: Id,
        /// Name of the right in the service: a role, a group, a permission.
        #[field(search)]
        pub entitlement: Title,
        /// Account that holds the right.
        #[field(search)]
        pub account_name: Option<Title>,
        /// True if the right allows changing how the service works or what others may do.
        #[field(default(|| json!(false)))]
        pub privileged: bool,
        /// First day.
        #[field(happened)]
        pub granted_on: Date,
        /// Last day; none if open-ended. Required for a privileged right.
        #[field(deadline)]
        pub expires_on: Option<Date>,
        /// Date of revocation.
        #[field(happened, closing)]
        pub revoked_on: Option<Date>,
        /// Date of last use, as far as known.
        #[field(happened)]
        pub last_used_on: Option<Date>,
        /// Person who granted the right; not its holder.
        #[field(refers_to(&["teams/people"]))]
        pub approver_id: Option<Id>,
        /// Purpose for which the right is needed.
        #[field(search)]
        pub justification: Option<Note>,
    }
}

/// Somebody has left whose right has neither ended nor been taken away.
const HELD_BY_LEAVER: Flag = Flag {
    code: "leaver",
    about: "security/access-rights",
    watches: &[Watch::itself("security/access-rights"), Watch::beside("teams/people", "id", ("security/access-rights", "person_id", "id"))],
    judge: held_by_leaver,
    hold: None,
};

fn held_by_leaver(check: &mut Check<'_>, right: Id) -> Result<Option<String>> {
    let lasts = access_rights::revoked_on.is_null().and(access_rights::expires_on.is_null().or(access_rights::expires_on.ge(check.today)));
    let held = access_rights::table.filter(access_rights::id.eq(right).and(lasts));
    let Some(person) = held.select(access_rights::person_id).first::<Id>(check.connection).optional()? else { return Ok(None) };
    Ok(has_left(check, person)?.then(|| "The person who has it has left. Take it away, and say so in revoked_on.".to_owned()))
}

impl Resource for AccessRight {
    const PATH: &'static str = "security/access-rights";
    type Table = steward_schema::security::access_rights::table;
    const SCOPE: Scope = Scope::Unit;
    // Who reviews the rights in a service reads them: the service is theirs as long as the review lasts.
    const OWN: &'static [Own] =
        &[Own::named("person_id").only(&["read"]), Own::named("approver_id").only(&["read"]), Own::beside("service_id").only(&["read"])];
    const OWNED: bool = false;
    const TITLE: &'static str = "entitlement";
    const FLAGS: &'static [Flag] = &[HELD_BY_LEAVER];

    fn sample() -> Self {
        AccessRight {
            person_id: Id::sample(),
            service_id: Id::sample(),
            entitlement: "Administrator".into(),
            account_name: Some("adm-jansen".into()),
            privileged: true,
            granted_on: Date::sample("2026-01-05"),
            expires_on: Date::parse("2026-12-31"),
            revoked_on: Date::parse("2026-06-12"),
            last_used_on: Date::parse("2026-06-01"),
            approver_id: None,
            justification: Some("Looks after the order database.".into()),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.person_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.before.is_some() || self.revoked_on.is_some() || !has_left(check, self.person_id)? {
            return Ok(());
        }
        Err(Problem::conflict(
            "/person_id",
            "left",
            "The person has left, and is given no right. Name somebody who works here, or say in revoked_on when it was taken away.",
        )
        .into())
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        for (end, field) in [(self.expires_on, "expires_on"), (self.revoked_on, "revoked_on"), (self.last_used_on, "last_used_on")] {
            faults.span(Some(self.granted_on), end, field);
        }
        faults.require(!self.privileged || self.expires_on.is_some(), "expires_on", "required", "A privileged right has an end. Say when it expires.");
        faults.require(self.approver_id != Some(self.person_id), "approver_id", "same", "Nobody grants a right to themselves. Name another person.");
    }
}
