//! What all domains share.

mod agenda;
mod attachment;
mod bulk;
mod calendar;
pub mod calendar_feed;
mod comment;
pub mod conflict;
mod custom_field;
mod file;
mod import;
pub mod judgement;
mod link;
pub mod operation;
mod overview;
mod record;
mod search;
mod setting;
mod sight;
mod tag;
mod trace;

pub use setting::Setting;

use crate::http::Domain;

/// The domain and its collections.
pub fn domain() -> Domain {
    Domain::new("platform", "What all domains share: settings, what hangs on records of any kind, long work, and work on many records at once.")
        .resource::<setting::Setting>()
        .resource::<calendar::Calendar>()
        .resource::<calendar_feed::CalendarFeed>()
        .resource::<conflict::Conflict>()
        .resource::<custom_field::CustomField>()
        .resource::<tag::Tag>()
        .resource::<comment::Comment>()
        .resource::<link::Link>()
        .resource::<file::File>()
        .resource::<attachment::Attachment>()
        .resource::<operation::Operation>()
        .view(&agenda::CALENDAR)
        .view(&calendar_feed::RENEW_TOKEN)
        .view(&file::UPLOAD)
        .view(&file::CONTENT)
        .view(&bulk::BULK)
        .view(&import::IMPORT)
        .view(&overview::OVERVIEW)
        .view(&record::RECORD)
        .view(&record::HISTORY)
        .view(&record::DIFF)
        .view(&record::RESTORE)
        .view(&trace::TRACE)
        .view(&search::SEARCH)
        .view(&judgement::JUDGEMENTS)
}
