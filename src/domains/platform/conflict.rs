//! Conflicts: what happened although a rule speaks against it.

use crate::resource::value::{Note, Text};
use crate::resource::{ANY, Id, Lifecycle, Operations, Resource, Scope};

crate::resource! {
    /// A fact that breaks a rule. Plans may be refused, facts may not: what happened is recorded, and raises a conflict that
    /// somebody resolves, or that ends when its cause is gone. Only the service raises them.
    pub struct Conflict {
        /// The record that it is about.
        #[field(refers_to(ANY))]
        pub subject_id: Id,
        /// The rule that is broken, as `domain.collection:rule`.
        #[field(search)]
        pub rule: Text<1, 200>,
        /// What speaks against it, in words.
        #[field(search)]
        pub detail: Note,
    }
}

impl Resource for Conflict {
    const PATH: &'static str = "platform/conflicts";
    const SCOPE: Scope = Scope::Within("subject_id");
    const TITLE: &'static str = "rule";
    const OPERATIONS: Operations = Operations::NONE;

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("open→resolved"))
    }

    fn sample() -> Self {
        Conflict {
            subject_id: Id::sample(),
            rule: "infrastructure.license_assignments:quantity".into(),
            detail: "12 seats are in use, and 10 are licensed.".into(),
        }
    }
}
