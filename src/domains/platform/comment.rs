//! Comments: what people say about records of any kind.

use diesel::prelude::*;
use steward_core::error::{Kind, Problem, Result};
use steward_core::ports::seal;
use steward_core::resource::value::Text;
use steward_core::resource::{ANY, Check, Id, PartOf, Resource, Scope};
use steward_schema::platform::comments;

steward_core::resource! {
    /// Comment on a record of any kind. Readers of the record see its comments.
    pub struct Comment {
        /// The record.
        #[field(refers_to(ANY), fixed)]
        pub subject_id: Id,
        /// Text of the comment.
        #[field(search)]
        pub text: Text<1, 10_000>,
        /// Comment on the same record that it answers.
        #[field(refers_to(&["platform/comments"]), fixed)]
        pub reply_to_id: Option<Id>,
    }
}

impl Resource for Comment {
    const PATH: &'static str = "platform/comments";
    type Table = steward_schema::platform::comments::table;
    const SCOPE: Scope = Scope::Within("subject_id");
    const PART_OF: Option<PartOf> = Some(PartOf::loose("subject_id"));
    const TITLE: &'static str = "text";

    fn sample() -> Self {
        Comment { subject_id: Id::sample(), text: "Agreed with the owner on Monday.".into(), reply_to_id: None }
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.before.is_some() {
            let author: Option<Id> = comments::table.find(check.id).select(comments::created_by).get_result(check.connection).optional()?;
            if author.is_some_and(|author| author != check.actor) {
                return Err(Problem::new(Kind::Forbidden, "What somebody has said is changed by nobody else. Answer it instead.").into());
            }
        }
        seal::require_open(check, self.subject_id)?;
        let Some(answered) = self.reply_to_id else { return Ok(()) };
        let subject: Option<Id> = comments::table.find(answered).select(comments::subject_id).get_result(check.connection).optional()?;
        if subject == Some(self.subject_id) {
            return Ok(());
        }
        Err(Problem::conflict("/reply_to_id", "other_subject", "A comment answers one on the same record. Name one of those.").into())
    }
}
