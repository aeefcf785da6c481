//! Links: what two records of any kind have to do with each other, where no field says so.

use steward_core::choice;
use steward_core::error::Result;
use steward_core::ports::seal;
use steward_core::resource::value::Note;
use steward_core::resource::{ANY, Check, Id, PartOf, Resource, Scope, Unique};

choice! {
    /// Kind of a link.
    pub enum LinkKind {
        /// Relation of any kind.
        RelatesTo = "relates_to",
        /// The first cannot go on while the second exists.
        BlockedBy = "blocked_by",
        /// Both have the same subject.
        Duplicates = "duplicates",
        /// The first resulted from the second.
        CausedBy = "caused_by",
        /// The first replaces the second.
        Replaces = "replaces",
        /// The second is evidence for the first.
        EvidencedBy = "evidenced_by",
    }
}

steward_core::resource! {
    /// Link between two records of any kind. It exists for those who see both records; a sealed record has none.
    pub struct Link {
        /// Record that is linked.
        #[field(refers_to(ANY), fixed)]
        pub subject_id: Id,
        /// Record that it is linked to.
        #[field(refers_to(ANY), fixed, differs_from("subject_id"))]
        pub target_id: Id,
        /// Kind of the link, from the first record to the second.
        pub kind: LinkKind,
        /// Free-text note.
        pub note: Option<Note>,
    }
}

impl Resource for Link {
    const PATH: &'static str = "platform/links";
    type Table = steward_schema::platform::links::table;
    const SCOPE: Scope = Scope::Within("subject_id");
    const PART_OF: Option<PartOf> = Some(PartOf::loose("subject_id"));
    const TITLE: &'static str = "kind";
    const UNIQUE: &'static [Unique] = &[Unique { index: "links_pair_key", fields: &["subject_id", "target_id", "kind"] }];

    const JOINS: bool = true;

    fn joins(&self) -> Option<(Id, Id)> {
        Some((self.subject_id, self.target_id))
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        seal::require_open(check, self.subject_id)?;
        seal::require_open_at(check, self.target_id, "/target_id")
    }

    fn sample() -> Self {
        Link { subject_id: Id::sample(), target_id: Id::sample(), kind: LinkKind::RelatesTo, note: Some("Both came up in the same review.".into()) }
    }
}
