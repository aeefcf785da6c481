//! What a legal hold keeps: a record each.

use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Note, Title};
use steward_core::resource::{ANY, Check, Id, Lock, PartOf, Resource, Scope, Unique};
use steward_schema::governance::{legal_hold_items, legal_holds};

steward_core::resource! {
    /// A record that a legal hold keeps. Items are added while the hold is a draft or active, and taken out of a draft, or once the hold is
    /// lifted.
    pub struct LegalHoldItem {
        /// The hold.
        #[field(refers_to(&["governance/legal-holds"]), fixed)]
        pub legal_hold_id: Id,
        /// Record to keep, of any kind; each once in a hold.
        #[field(refers_to(ANY), fixed)]
        pub subject_id: Id,
        /// Note on the item.
        pub note: Option<Note>,
    }
}

impl Resource for LegalHoldItem {
    const PATH: &'static str = "governance/legal-hold-items";
    type Table = steward_schema::governance::legal_hold_items::table;
    const SCOPE: Scope = Scope::Within("legal_hold_id");
    const TITLE: &'static str = "id";
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("legal_hold_id", &["draft", "active", "lifted"]));
    const UNIQUE: &'static [Unique] = &[Unique { index: "legal_hold_items_pair_key", fields: &["legal_hold_id", "subject_id"] }];

    fn sample() -> Self {
        LegalHoldItem { legal_hold_id: Id::sample(), subject_id: Id::sample(), note: Some("All its versions, with their attachments.".into()) }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.legal_hold_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        match self.hold_in(check, "lifted")? {
            Some(hold) => refuse(format!("The legal hold “{}” is lifted, and stays as it was. Open another hold for further records.", hold.0)),
            None => Ok(()),
        }
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        match self.hold_in(check, "active")? {
            Some(hold) => refuse(format!("The legal hold “{}” is active and keeps the record. Lift the hold before anything is taken out of it.", hold.0)),
            None => Ok(()),
        }
    }
}

impl LegalHoldItem {
    /// The name of its hold, if that is in a state.
    fn hold_in(&self, check: &mut Check<'_>, state: &str) -> Result<Option<Title>> {
        let hold = legal_holds::table.find(self.legal_hold_id).filter(legal_holds::state.eq(state)).select(legal_holds::name);
        Ok(hold.first(check.connection).optional()?)
    }
}

fn refuse(detail: String) -> Result<()> {
    Err(Problem::conflict("/legal_hold_id", "legal_hold", detail).into())
}

/// Refuses to delete what an active legal hold keeps (409).
pub fn require_no_hold(check: &mut Check<'_>) -> Result<()> {
    let active = legal_hold_items::subject_id.eq(check.id).and(legal_holds::state.eq("active"));
    let holds = legal_hold_items::table.inner_join(legal_holds::table).filter(active).order(legal_holds::id).select(legal_holds::name);
    match holds.first::<Title>(check.connection).optional()? {
        Some(hold) => {
            let detail = format!("The legal hold “{}” keeps it. It can be deleted once the hold is lifted and the item is taken out of it.", hold.0);
            Err(Problem::conflict("", "legal_hold", detail).into())
        }
        None => Ok(()),
    }
}
