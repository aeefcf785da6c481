//! Security incidents, their log, and the notices that law asks for.

pub mod figures;
pub mod incident_entry;
pub mod incident_notification;
pub mod notice_clock;
pub mod notification_due;
pub mod security_incident;
pub mod waiver_basis;
