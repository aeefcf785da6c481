//! Attachments: files that belong to records of any kind.

use steward_core::error::Result;
use steward_core::ports::seal;
use steward_core::resource::value::{Note, Title};
use steward_core::resource::{ANY, Check, Id, PartOf, Resource, Scope};

steward_core::resource! {
    /// File attached to a record of any kind. Readers of the record may download it.
    pub struct Attachment {
        /// The record.
        #[field(refers_to(ANY), fixed)]
        pub subject_id: Id,
        /// Uploaded file.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Id,
        /// Title of the attachment.
        #[field(search)]
        pub title: Title,
        /// Free-text description.
        pub description: Option<Note>,
    }
}

impl Resource for Attachment {
    const PATH: &'static str = "platform/attachments";
    type Table = steward_schema::platform::attachments::table;
    const SCOPE: Scope = Scope::Within("subject_id");
    const PART_OF: Option<PartOf> = Some(PartOf::loose("subject_id"));
    const TITLE: &'static str = "title";

    fn sample() -> Self {
        Attachment { subject_id: Id::sample(), file_id: Id::sample(), title: "Signed agreement".into(), description: None }
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        seal::require_open(check, self.subject_id)
    }
}
