//! What a legal hold keeps: a record each.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::Note;
use steward_core::resource::{ANY, Check, Id, PartOf, Resource, Scope, Unique};
use steward_schema::governance::{legal_hold_items, legal_holds};

steward_core::resource! {
    /// A record that a legal hold keeps.
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
    const PART_OF: Option<PartOf> = Some(PartOf::of("legal_hold_id"));
    const UNIQUE: &'static [Unique] = &[Unique { index: "legal_hold_items_pair_key", fields: &["legal_hold_id", "subject_id"] }];

    fn sample() -> Self {
        LegalHoldItem { legal_hold_id: Id::sample(), subject_id: Id::sample(), note: Some("All its versions, with their attachments.".into()) }
    }
}

/// Refuses to delete what an active legal hold keeps (409).
pub fn require_no_hold(check: &mut Check<'_>) -> Result<()> {
    let active = legal_hold_items::subject_id.eq(check.id).and(legal_holds::state.eq("active"));
    if select(exists(legal_hold_items::table.inner_join(legal_holds::table).filter(active))).get_result(check.connection)? {
        return Err(Problem::conflict("", "legal_hold", "A legal hold keeps it. It can be deleted once the hold is lifted.").into());
    }
    Ok(())
}
