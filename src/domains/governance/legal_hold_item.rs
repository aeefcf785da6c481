//! What a legal hold keeps: a record each.

use crate::database::Statement;
use crate::error::{Problem, Result};
use crate::resource::value::Note;
use crate::resource::{ANY, Check, Id, PartOf, Resource, Scope, Unique};

crate::resource! {
    /// A record that a legal hold keeps.
    pub struct LegalHoldItem {
        /// The hold.
        #[field(refers_to(&["governance/legal-holds"]), fixed)]
        pub legal_hold_id: Id,
        /// What is kept: a record of any kind; a hold names each once.
        #[field(refers_to(ANY), fixed)]
        pub subject_id: Id,
        /// What there is to say about it.
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
pub(super) fn require_no_hold(check: &mut Check<'_>) -> Result<()> {
    let held = Statement::new("SELECT 1 FROM legal_hold_items i JOIN legal_holds h ON h.id = i.legal_hold_id WHERE h.state = 'active' AND i.subject_id = ")
        .with(check.id, " LIMIT 1");
    if check.finds(held)? {
        return Err(Problem::conflict("", "legal_hold", "A legal hold keeps it. It can be deleted once the hold is lifted.").into());
    }
    Ok(())
}
