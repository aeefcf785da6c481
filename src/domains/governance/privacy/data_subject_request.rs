//! Requests of people about their personal data, and the time there is to answer.

use chrono::Months;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Code, Date, Email, Note, Title};
use steward_core::resource::{Cause, Check, FieldType, Guard, Id, Lifecycle, Resource, Scope, Unique, ValidationErrors};

choice! {
    /// Type of data subject request (GDPR Articles 7 and 15 to 22).
    pub enum RequestKind {
        /// A copy of the data (Article 15).
        Access = "access",
        /// Correction of data (Article 16).
        Rectification = "rectification",
        /// Erasure of data (Article 17).
        Erasure = "erasure",
        /// Restriction of the use of data for now (Article 18).
        Restriction = "restriction",
        /// Data in a form that another controller can read (Article 20).
        Portability = "portability",
        /// Objection to the processing of data (Article 21).
        Objection = "objection",
        /// Review of an automated decision by a person (Article 22).
        HumanReview = "human_review",
        /// Withdrawal of consent (Article 7(3)).
        Withdrawal = "withdrawal",
    }
}

steward_core::resource! {
    /// Request of a person about personal data. It is answered within one month; for a reason communicated to the person within that month,
    /// two more can be taken (GDPR Article 12(3)).
    pub struct DataSubjectRequest {
        /// Number under which it is filed, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Type of request.
        pub kind: RequestKind,
        /// Name of the requester.
        #[field(restricted)]
        pub requester_name: Title,
        /// E-mail address for the answer.
        #[field(restricted)]
        pub requester_email: Option<Email>,
        /// Details of the request.
        #[field(restricted)]
        pub details: Option<Note>,
        /// Date of receipt: the month begins.
        #[field(happened)]
        pub received_on: Date,
        /// Due date of the answer: one month after receipt, three if extended (GDPR, Article 12(3)).
        #[field(read_only, assumed(|_, now| now.date().to_json()), deadline)]
        pub due_on: Date,
        /// Date on which the identity of the person was verified.
        #[field(happened)]
        pub identity_verified_on: Option<Date>,
        /// Date on which the person was informed of the extension, within the first month.
        #[field(happened)]
        pub extended_on: Option<Date>,
        /// Reason for the extension.
        pub extension_reason: Option<Note>,
        /// Date of the answer.
        #[field(happened)]
        pub answered_on: Option<Date>,
        /// Reason of the delay; required of an answer after `due_on`.
        pub delay_reason: Option<Note>,
        /// Answer given or action taken.
        #[field(restricted)]
        pub answer: Option<Note>,
        /// Reason for the refusal. It is communicated to the person, with the place for complaints.
        pub refusal_reason: Option<Note>,
        /// Processing activity concerned.
        #[field(refers_to(&["governance/processing-activities"]))]
        pub processing_activity_id: Option<Id>,
    }
}

impl Resource for DataSubjectRequest {
    const PATH: &'static str = "governance/data-subject-requests";
    type Table = steward_schema::governance::data_subject_requests::table;
    const SCOPE: Scope = Scope::Unit;
    const TITLE: &'static str = "code";
    const UNIQUE: &'static [Unique] = &[Unique { index: "data_subject_requests_code_key", fields: &["code"] }];
    const GUARDS: &'static [Guard] = &[
        Guard::set(&["extended"], &["extended_on", "extension_reason"]),
        Guard::set(&["answered"], &["identity_verified_on", "answered_on"]),
        Guard::set(&["refused"], &["answered_on", "refusal_reason"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "received→in_progress:start→answered:answer|refused:refuse; in_progress→extended:extend→answered|refused; \
            →withdrawn:withdraw";
        Some(Lifecycle::new(notation).given_up(&["withdrawn"]))
    }

    fn sample() -> Self {
        DataSubjectRequest {
            code: "DSR-2026-014".into(),
            kind: RequestKind::Access,
            requester_name: "Ada Example".into(),
            requester_email: Some("ada@example.org".into()),
            details: Some("A copy of everything that the service desk keeps about me.".into()),
            received_on: Date::sample("2026-01-31"),
            due_on: Date::sample("2026-04-30"),
            identity_verified_on: Date::parse("2026-02-03"),
            extended_on: Date::parse("2026-02-20"),
            extension_reason: Some("The tickets of eight years must be searched.".into()),
            answered_on: Date::parse("2026-04-21"),
            delay_reason: Some("The archive of the tickets could not be read for a week.".into()),
            answer: Some("A copy of 214 tickets was sent.".into()),
            refusal_reason: Some("The same was answered two weeks before, and nothing has changed.".into()),
            processing_activity_id: None,
        }
    }

    fn stamped(&self, _: Cause<'_>, _: &mut Check<'_>) -> Result<Option<Self>> {
        Ok(Some(DataSubjectRequest { due_on: self.last_day(), ..self.clone() }))
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let (received, extended) = (Some(self.received_on), self.extended_on.is_some());
        faults.span(received, self.identity_verified_on, "identity_verified_on");
        faults.span(received, self.extended_on, "extended_on");
        faults.span(received, self.answered_on, "answered_on");
        let in_time = self.answered_on.is_none_or(|on| on <= self.last_day());
        faults.require(in_time || self.delay_reason.is_some(), "delay_reason", "late", "It was answered after the last day for the answer. Say why.");
        let told = self.extended_on.is_none_or(|on| on <= months_after(self.received_on, 1));
        faults.require(told, "extended_on", "too_late", "The person must be told within one month that it takes longer.");
        faults.require(!extended || self.extension_reason.is_some(), "extension_reason", "required", "Say why it takes longer.");
    }
}

/// The same day some months later; the last day of that month if it has no such day.
impl DataSubjectRequest {
    /// The last day for the answer.
    fn last_day(&self) -> Date {
        months_after(self.received_on, if self.extended_on.is_some() { 3 } else { 1 })
    }
}

fn months_after(day: Date, months: u32) -> Date {
    day.0.checked_add_months(Months::new(months)).map_or(day, Date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_from_the_last_of_january_is_the_last_of_february() {
        assert_eq!(months_after(Date::sample("2026-01-31"), 1), Date::sample("2026-02-28"));
        assert_eq!(months_after(Date::sample("2026-01-31"), 3), Date::sample("2026-04-30"));
        assert_eq!(months_after(Date::sample("2026-11-15"), 3), Date::sample("2027-02-15"));
    }

    #[test]
    fn an_answer_after_the_last_day_says_why() {
        let faults = |answered_on, delay_reason: Option<&str>| {
            let mut faults = ValidationErrors::new();
            let delay_reason = delay_reason.map(Into::into);
            DataSubjectRequest { answered_on: Date::parse(answered_on), delay_reason, ..DataSubjectRequest::sample() }.rules(&mut faults);
            faults.len()
        };
        assert_eq!([faults("2026-04-30", None), faults("2026-05-01", None), faults("2026-05-01", Some("The archive was closed."))], [0, 1, 0]);
    }
}
