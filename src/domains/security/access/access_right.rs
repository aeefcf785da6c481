//! Access rights: who may do what in which service, and who has approved that.

use diesel::prelude::*;
use serde_json::json;
use steward_core::access::person_of;
use steward_core::error::{Problem, Result};
use steward_core::ports::people::{has_left, left_on};
use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{Cause, Check, Flag, Id, Lifecycle, Lock, Own, Resource, Scope, StateException, ValidationErrors, Watch};
use steward_schema::security::access_rights;

/// A right that is in force on a day: it has begun, was not revoked, and has not expired.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn in_force(on: Date) -> _ {
    let is_lasting = access_rights::expires_on.is_null().or(access_rights::expires_on.ge(on));
    access_rights::granted_on.le(on).and(access_rights::revoked_on.is_null()).and(is_lasting)
}

steward_core::resource! {
    /// Right of a person in a service. It is in force from its first day until it expires or is revoked, whether or not it was approved: a right
    /// that a directory holds is recorded as it is found. It is `requested` until another person than the holder and the author of the record
    /// grants it; from then on its holder, service, entitlement and term stay as they were approved.
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
        /// First day since which the holder has the right; not in the future.
        #[field(happened)]
        pub granted_on: Date,
        /// Last day; none if open-ended. Required for a privileged right.
        #[field(deadline)]
        pub expires_on: Option<Date>,
        /// Date of revocation: that of the transition to `revoked`.
        #[field(read_only, happened, closing)]
        pub revoked_on: Option<Date>,
        /// Date of last use, as far as known.
        #[field(happened)]
        pub last_used_on: Option<Date>,
        /// Person who granted the right, through the transition to `granted`; not its holder. Null until then, and where the account of the
        /// approver is linked to no person.
        #[field(refers_to(&["teams/people"]), read_only)]
        pub approver_id: Option<Id>,
        /// Purpose for which the right is needed.
        #[field(search)]
        pub justification: Option<Note>,
        /// Date of the approval: that of the transition to `granted`. Null until then, and for rights from before approvals were recorded.
        #[field(read_only, happened)]
        pub approved_on: Option<Date>,
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
    Ok(has_left(check, person)?.then(|| "The person who has it has left. Take it away, and revoke it here.".to_owned()))
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
    const EDITABLE_IN: &'static [&'static str] = &["requested"];
    const STATE_EXCEPTIONS: &'static [StateException] = &[StateException::editable(
        &["granted"],
        &["last_used_on", "account_name"],
        "When a right was used last, and under which account, are facts that come later.",
    )];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("requested→granted:grant→revoked:revoke; requested→revoked").approving(&["grant"]).involving(&["person_id"]))
    }

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
            approved_on: Date::parse("2026-01-06"),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.person_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.before.is_some() || left_on(check, self.person_id)?.is_none_or(|last| self.granted_on <= last) {
            return Ok(());
        }
        // A right from before is recorded as it is, and told of as a conflict until it is taken away.
        let detail = "The person had left by that day, and is given no right. Name somebody who works here, or the day since when the right exists.";
        Err(Problem::conflict("/person_id", "left", detail).into())
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        Ok(match cause.to() {
            Some("granted") => {
                let approver_id = person_of(check.connection, check.actor)?;
                Some(AccessRight { approver_id, approved_on: Some(check.today), ..self.clone() })
            }
            Some("revoked") => Some(AccessRight { revoked_on: Some(check.today), ..self.clone() }),
            _ => None,
        })
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        for (end, field) in [(self.expires_on, "expires_on"), (self.revoked_on, "revoked_on"), (self.last_used_on, "last_used_on")] {
            faults.span(Some(self.granted_on), end, field);
        }
        faults.require(!self.privileged || self.expires_on.is_some(), "expires_on", "required", "A privileged right has an end. Say when it expires.");
        faults.require(self.approver_id != Some(self.person_id), "approver_id", "same", "Nobody grants a right to themselves. Name another person.");
    }
}
