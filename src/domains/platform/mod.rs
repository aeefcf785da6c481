//! What all domains share.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod agenda;
mod annotation;
mod attachment;
mod batch;
pub mod books;
mod bulk;
mod calendar;
pub mod calendar_feed;
mod comment;
pub mod conflict;
mod custom_field;
pub mod event;
mod file;
pub mod file_link;
pub mod history_seal;
mod home;
mod import;
pub mod judgement;
mod label;
mod link;
pub mod mail_digest;
pub mod operation;
mod overview;
mod record;
mod saved_view;
pub mod scenario;
mod search;
mod setting;
mod sight;
mod tag;
mod trace;
mod translation;
pub mod webhook;
pub mod working_time;

pub use setting::Setting;

use steward_core::view::Domain;

/// The domain and its collections.
pub fn domain() -> Domain {
    Domain::new("platform", "Shared services of all domains: settings, tags, comments, links and files of records of any kind, long-running work, and work on many records at once.")
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
        .resource::<saved_view::SavedView>()
        .resource::<translation::Translation>()
        .resource::<webhook::Webhook>()
        .resource::<webhook::delivery::WebhookDelivery>()
        .resource::<mail_digest::MailDigest>()
        .view::<agenda::Agenda>()
        .action::<calendar_feed::RenewCalendarFeedToken>()
        .action::<file::UploadFile>()
        .download::<file::FileContent>()
        .action::<file_link::CreateFileLink>()
        .action::<bulk::RunBulk>()
        .action::<scenario::RehearseScenario>()
        .action::<import::ImportRecords>()
        .view::<overview::Overview>()
        .view::<home::Home>()
        .view::<label::CollectionLabels>()
        .view::<record::RegistryRecord>()
        .view::<record::RecordHistory>()
        .view::<record::RecordDiff>()
        .view::<history_seal::AuditProof>()
        .view::<history_seal::HistorySeals>()
        .view::<annotation::RecordLinks>()
        .view::<annotation::RecordComments>()
        .view::<annotation::RecordTags>()
        .view::<annotation::RecordAttachments>()
        .action::<record::RestoreResource>()
        .view::<trace::ResourceTrace>()
        .view::<search::SearchResults>()
        .view::<event::Events>()
        .action::<judgement::JudgeConflicts>()
        .action::<webhook::action::RotateWebhookSecret>()
        .action::<webhook::action::TestWebhook>()
        .action::<webhook::action::ReplayWebhookDelivery>()
}
