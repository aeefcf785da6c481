//! Processing activities, requests of data subjects, retention, legal holds and obligations.

pub mod data_subject_request;
pub mod legal_hold;
pub mod legal_hold_item;
pub mod obligation;
pub mod processing_activity;
pub mod retention_rule;
