//! Links: what two records of any kind have to do with each other, where no field says so.

use crate::choice;
use crate::resource::value::Note;
use crate::resource::{ANY, Id, PartOf, Resource, Scope, Unique};

choice! {
    /// What the first record is to the second.
    pub enum LinkKind {
        /// They have to do with each other.
        RelatesTo = "relates_to",
        /// The first cannot go on while the second is there.
        BlockedBy = "blocked_by",
        /// They are about the same.
        Duplicates = "duplicates",
        /// The first came of the second.
        CausedBy = "caused_by",
        /// The first takes the place of the second.
        Replaces = "replaces",
        /// The second shows that the first is so.
        EvidencedBy = "evidenced_by",
    }
}

crate::resource! {
    /// Something that two records of any kind have to do with each other.
    pub struct Link {
        /// The record that is linked.
        #[field(refers_to(ANY), fixed)]
        pub subject_id: Id,
        /// The record that it is linked to.
        #[field(refers_to(ANY), fixed, differs_from("subject_id"))]
        pub target_id: Id,
        /// What the first is to the second.
        pub kind: LinkKind,
        /// What there is to say about it.
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

    fn sample() -> Self {
        Link { subject_id: Id::sample(), target_id: Id::sample(), kind: LinkKind::RelatesTo, note: Some("Both came up in the same review.".into()) }
    }
}
