//! Course sessions: when and where a course is held, and how many seats there are.

use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Currency, Instant, Money, Note, Title, Url, Whole};
use steward_core::resource::{Check, Id, Lifecycle, Lock, Own, Resource, Scope, ValidationErrors};
use steward_schema::teams::enrollments;

steward_core::resource! {
    /// Scheduled session of a course.
    pub struct CourseSession {
        /// Course held.
        #[field(refers_to(&["teams/courses"]), fixed)]
        pub course_id: Id,
        /// Name of the session.
        #[field(search)]
        pub name: Title,
        /// Start of the session.
        #[field(event, lasts_until("ends_at"))]
        pub starts_at: Instant,
        /// End of the session.
        pub ends_at: Instant,
        /// Maximum number of participants.
        pub seats: Whole<1, 100_000>,
        /// Place of the session.
        pub location: Option<Title>,
        /// Address for online participation.
        pub url: Option<Url>,
        /// Trainer, where a person of the organisation.
        #[field(refers_to(&["teams/people"]))]
        pub trainer_id: Option<Id>,
        /// Total price of the session, irrespective of attendance.
        pub cost: Option<Money>,
        /// Notes for participants.
        pub notes: Option<Note>,
    }
}

impl Resource for CourseSession {
    const PATH: &'static str = "teams/course-sessions";
    type Table = steward_schema::teams::course_sessions::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[Own::unit(), Own::named("trainer_id").only(&["read"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("scheduled→completed:complete|cancelled:cancel").given_up(&["cancelled"]))
    }

    fn sample() -> Self {
        let at = |text| Instant::parse(text).unwrap_or_else(Instant::system_now);
        CourseSession {
            course_id: Id::sample(),
            name: "Security awareness, September".into(),
            starts_at: at("2026-09-14T07:00:00Z"),
            ends_at: at("2026-09-14T09:30:00Z"),
            seats: Whole(12),
            location: Some("Rotterdam, room 2.14".into()),
            url: Some(Url("https://meet.example.org/security-awareness".into())),
            trainer_id: None,
            cost: Some(Money::new(90000, Currency::sample("EUR"))),
            notes: Some("Bring the laptop that you work with.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_at), Some(self.ends_at), "ends_at");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.before.is_some() && seats_taken(check, check.id, None)? > self.seats.0 {
            return Err(Problem::conflict("/seats", "taken", "More people are enrolled than that. Withdraw some first.").into());
        }
        Ok(())
    }
}

/// The lock under which seats are counted.
pub fn seats_lock(session: Id) -> Lock {
    Lock::Row(session)
}

/// How many seats of a session are taken, one enrollment aside.
pub fn seats_taken(check: &mut Check<'_>, session: Id, aside: Option<Id>) -> Result<i64> {
    let seated = enrollments::table.filter(enrollments::state.ne_all(SEATLESS).and(enrollments::course_session_id.eq(session)));
    Ok(seated.filter(enrollments::id.ne(aside.unwrap_or(session))).count().get_result(check.connection)?)
}

/// The states in which an enrollment takes no seat.
pub const SEATLESS: [&str; 2] = ["withdrawn", "no_show"];
