//! Tags: labels on records of any kind.

use steward_core::resource::value::Label;
use steward_core::resource::{ANY, Id, PartOf, Resource, Scope, Unique};

steward_core::resource! {
    /// Label on a record of any kind. Readers of the record see its tags.
    pub struct Tag {
        /// The record.
        #[field(refers_to(ANY), fixed)]
        pub subject_id: Id,
        /// Label; unique for each record.
        #[field(search)]
        pub label: Label,
    }
}

impl Resource for Tag {
    const PATH: &'static str = "platform/tags";
    type Table = steward_schema::platform::tags::table;
    const SCOPE: Scope = Scope::Within("subject_id");
    const PART_OF: Option<PartOf> = Some(PartOf::loose("subject_id"));
    const TITLE: &'static str = "label";
    const UNIQUE: &'static [Unique] = &[Unique { index: "tags_label_key", fields: &["subject_id", "label"] }];

    fn sample() -> Self {
        Tag { subject_id: Id::sample(), label: "payment data".into() }
    }
}
