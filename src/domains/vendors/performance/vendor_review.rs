//! Vendor reviews: meetings with a vendor about how things go.

use steward_core::choice;
use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{Guard, Id, Lifecycle, Resource, Rule, Scope, ValidationErrors};

choice! {
    /// Level of a review.
    pub enum ReviewLevel {
        /// Daily work.
        Operational = "operational",
        /// Contracts, service levels and prices.
        Tactical = "tactical",
        /// Plans and the relationship.
        Strategic = "strategic",
    }
}

steward_core::resource! {
    /// Review meeting with a vendor.
    pub struct VendorReview {
        /// The vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Id,
        /// Contract, if only that is reviewed.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// Scorecard under review.
        #[field(refers_to(&["vendors/scorecards"]))]
        pub scorecard_id: Option<Id>,
        /// Title of the review.
        #[field(search)]
        pub title: Title,
        /// Level of the review.
        pub level: ReviewLevel,
        /// Day of the meeting.
        #[field(event)]
        pub held_on: Date,
        /// Chair of the meeting.
        #[field(refers_to(&["teams/people"]))]
        pub chair_id: Option<Id>,
        /// Participants of both sides.
        pub participants: Option<Note>,
        /// Agenda of the meeting.
        #[field(search)]
        pub agenda: Option<Note>,
        /// Minutes of the meeting.
        #[field(search)]
        pub minutes: Option<Note>,
        /// Decisions, with assignees and due days.
        #[field(search)]
        pub decisions: Option<Note>,
        /// Day of the next review.
        #[field(recurring)]
        pub next_review_on: Option<Date>,
        /// Signed minutes or slides.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for VendorReview {
    const PATH: &'static str = "vendors/vendor-reviews";
    type Table = steward_schema::vendors::vendor_reviews::table;
    const SCOPE: Scope = Scope::Within("vendor_id");
    const TITLE: &'static str = "title";
    const RULES: &'static [Rule] = &[
        Rule::Agrees { by: "contract_id", theirs: "vendor_id", ours: "vendor_id" },
        Rule::Agrees { by: "scorecard_id", theirs: "vendor_id", ours: "vendor_id" },
    ];
    const GUARDS: &'static [Guard] = &[Guard::reached(&["held"], "held_on"), Guard::set(&["held"], &["minutes"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→held:hold_meeting; cancelled:cancel").given_up(&["cancelled"]).repeated(&["held"]))
    }

    fn sample() -> Self {
        VendorReview {
            vendor_id: Id::sample(),
            contract_id: None,
            scorecard_id: None,
            title: "Review of the first quarter".into(),
            level: ReviewLevel::Tactical,
            held_on: Date::sample("2026-04-14"),
            chair_id: None,
            participants: Some("Ours: hosting, purchasing. Theirs: Ruben Sand, site manager.".into()),
            agenda: Some("Service levels, the failed feed, the plan for the second site.".into()),
            minutes: Some("The vendor explained both failures and showed the plan for the feed.".into()),
            decisions: Some("The vendor replaces the feed by 31 May.".into()),
            next_review_on: Date::parse("2026-07-14"),
            file_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.held_on), self.next_review_on, "next_review_on");
    }
}
