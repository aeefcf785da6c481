//! Invitations: which vendors are asked to offer.

use steward_core::resource::value::{Date, Email, Instant, Note};
use steward_core::resource::{Guard, Id, Lifecycle, PartOf, Resource, Rule, Scope, Unique};

steward_core::resource! {
    /// Invitation of a vendor to offer in a sourcing event, with its answer.
    pub struct Invitation {
        /// The sourcing event.
        #[field(refers_to(&["vendors/sourcing-events"]))]
        pub sourcing_event_id: Id,
        /// Invited vendor; once for each event.
        #[field(refers_to(&["vendors/vendors"]), fixed)]
        pub vendor_id: Id,
        /// Contact person to write to; of that vendor.
        #[field(refers_to(&["vendors/vendor-contacts"]))]
        pub vendor_contact_id: Option<Id>,
        /// Address that the invitation goes to, where it is not the contact's.
        pub email: Option<Email>,
        /// Message to the vendor beside the documents.
        pub message: Option<Note>,
        /// Day by which the vendor is to accept or decline.
        #[field(deadline)]
        pub reply_by_on: Option<Date>,
        /// Time of sending (UTC).
        #[field(happened)]
        pub sent_at: Option<Instant>,
        /// Time of the vendor's answer (UTC).
        #[field(happened)]
        pub answered_at: Option<Instant>,
        /// Reason for declining.
        pub decline_reason: Option<Note>,
    }
}

impl Resource for Invitation {
    const PATH: &'static str = "vendors/invitations";
    type Table = steward_schema::vendors::invitations::table;
    const SCOPE: Scope = Scope::Within("sourcing_event_id");
    const TITLE: &'static str = "id";
    const PART_OF: Option<PartOf> = Some(PartOf::of("sourcing_event_id"));
    const UNIQUE: &'static [Unique] = &[Unique { index: "invitations_vendor_key", fields: &["sourcing_event_id", "vendor_id"] }];
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "vendor_contact_id", theirs: "vendor_id", ours: "vendor_id" }];
    const GUARDS: &'static [Guard] = &[
        Guard::referred(&["sent"], "sourcing_event_id", &["published", "open"]),
        Guard::referred(&["sent"], "vendor_id", &["prospect", "onboarding", "qualified", "active"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft→sent:send→accepted:accept|declined:decline; accepted→declined; cancelled:cancel";
        Some(Lifecycle::new(notation).given_up(&["cancelled"]))
    }

    fn sample() -> Self {
        Invitation {
            sourcing_event_id: Id::sample(),
            vendor_id: Id::sample(),
            vendor_contact_id: None,
            email: Some("tenders@delta-hosting.example.org".into()),
            message: Some("Please tell us by Friday whether you will offer.".into()),
            reply_by_on: Date::parse("2026-05-22"),
            sent_at: Instant::parse("2026-05-18T08:00:00Z"),
            answered_at: Instant::parse("2026-05-20T14:30:00Z"),
            decline_reason: Some("No people free before the winter.".into()),
        }
    }
}
