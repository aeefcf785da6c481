//! People: who works here, for whom, and how much.

use diesel::dsl::{count_star, exists};
use diesel::prelude::*;
use serde_json::json;
use steward_core::access::authority::{self, Pillar};
use steward_core::access::{account_of, active_users_of, person_of};
use steward_core::database::Dialect;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Email, Note, Number, Title, Whole};
use steward_core::resource::{Check, Due, Effect, Flag, Id, Lifecycle, Move, Own, Resource, Rule, Scope, Unique, UnmetGuard, ValidationErrors, Watch};
use steward_schema::service::{edges, registry};
use steward_schema::teams::people;

steward_core::resource! {
    /// Person working in the organisation. Login requires a linked user.
    pub struct Person {
        /// Full name.
        #[field(search)]
        pub name: Title,
        /// Work e-mail address, unique.
        #[field(unique, search)]
        pub email: Email,
        /// Line manager. The reporting tree is acyclic.
        #[field(refers_to(&["teams/people"]))]
        pub manager_id: Option<Id>,
        /// Job title, such as Network engineer.
        #[field(search)]
        pub job_title: Option<Title>,
        /// Cost center that pays for the person.
        #[field(refers_to(&["finance/cost-centers"]))]
        pub cost_center_id: Option<Id>,
        /// Usual place of work.
        pub location: Option<Title>,
        /// Contracted hours per week.
        #[field(default(|| json!(40)))]
        pub weekly_hours: Number<0, 168>,
        /// Maximum number of concurrent mentees; 0 for no mentoring.
        #[field(default(|| json!(2)))]
        pub mentoring_capacity: Whole<0, 50>,
        /// First day in the organisation.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// Last day in the organisation.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Reason for leaving.
        #[field(restricted)]
        pub leaving_reason: Option<Note>,
    }
}

/// Whose change can hand over what somebody who left answered for. What else has an owner is judged with the open conflicts.
const HANDED_OVER: &[Watch] = &[Watch::known("teams/people"), Watch::by("teams/people", "manager_id"), Watch::by("teams/teams", "lead_id")];

/// How somebody is named who answers for something.
const ANSWERS: &[&str] = &["owner_id", "manager_id", "lead_id", "sponsor_id", "relationship_manager_id", "custodian_id"];

impl Resource for Person {
    const PATH: &'static str = "teams/people";
    type Table = steward_schema::teams::people::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[
        Own::named("id").only(&["read"]),
        Own::behind("teams/people", "manager_id"),
        // Whoever works here finds whom to name: as a deputy, a mentor, or for feedback.
        Own::everybody().in_states(&["active", "on_leave"]),
    ];
    const OWNED: bool = false;
    const UNIQUE: &'static [Unique] = &[Unique { index: "people_email_key", fields: &["email"] }];
    const RULES: &'static [Rule] = &[Rule::Tree("manager_id")];
    const FLAGS: &'static [Flag] = &[Flag { code: "handover", about: Person::PATH, watches: HANDED_OVER, judge: still_answers, hold: None }];
    const DUE: &'static [Due] = &[Due::after("left", "ends_on")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(
            Lifecycle::new("invited→active:activate↔on_leave:start_leave; →left:leave→active")
                .named("on_leave", "active", "return")
                .named("left", "active", "rejoin"),
        )
    }

    fn sample() -> Self {
        Person {
            name: "Ada Okafor".into(),
            email: "ada.okafor@example.org".into(),
            manager_id: None,
            job_title: Some("Network engineer".into()),
            cost_center_id: None,
            location: Some("Rotterdam".into()),
            weekly_hours: Number(36.0),
            mentoring_capacity: Whole(2),
            starts_on: Date::parse("2024-03-01"),
            ends_on: None,
            leaving_reason: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.starts_on, self.ends_on, "ends_on");
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "left" {
            return Ok(Vec::new());
        }
        for user in active_users_of(check.connection, check.id)? {
            let pillar = Pillar::User(user);
            if authority::carries(check.connection, pillar)? && !authority::stands_without(check.connection, pillar)? {
                let detail =
                    "Their account is the last that may do everything, and leaving ends it. Make another user who has a password an administrator first.";
                return Ok(vec![UnmetGuard::new("", "last_administrator", detail)]);
            }
        }
        Ok(Vec::new())
    }

    /// Who has left has no account that works: their logins and tokens end. Whether somebody who comes back gets it back is said anew.
    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to != "left" {
            return Ok(Vec::new());
        }
        let accounts = active_users_of(check.connection, check.id)?;
        Ok(accounts.into_iter().map(|id| Effect::Transition { collection: "identity/users", id, to: "disabled" }).collect())
    }
}

/// Who left still answers for something: leaving is a fact, and what it leaves behind is told until it is handed over.
fn still_answers(check: &mut Check<'_>, person: Id) -> Result<Option<String>> {
    let gone = people::table.find(person).filter(people::state.eq("left")).into_boxed::<Dialect>();
    let answering = edges::table.filter(edges::to_id.eq(person).and(edges::field.eq_any(ANSWERS))).select(edges::from_id);
    let rows: Vec<(String, i64)> = registry::table
        .filter(registry::deleted_at.is_null().and(registry::id.eq_any(answering)).and(exists(gone)))
        .group_by(registry::collection)
        .order(registry::collection)
        .select((registry::collection, count_star()))
        .load(check.connection)?;
    let held: Vec<String> = rows.into_iter().map(|(collection, count)| format!("{count} of {collection}")).collect();
    Ok((!held.is_empty()).then(|| format!("The person has left and still answers for {}. Hand that over.", held.join(", "))))
}

/// Whether who writes does so for this person: the person, or a program that the person answers for. What nobody does for themself asks this.
pub fn acts_for(check: &mut Check<'_>, person: Id) -> Result<bool> {
    Ok(person_of(check.connection, check.actor)? == Some(person))
}

/// Whether the caller is a person, or holds a permission on the unit of that person: what is one's own, and what others do for one.
pub fn may_act_for(check: &mut Check<'_>, person: Id, permission: &str) -> Result<bool> {
    if check.actor == Id::system() || acts_for(check, person)? {
        return Ok(true);
    }
    let unit: Option<Option<Id>> = people::table.find(person).select(people::unit_id.nullable()).first(check.connection).optional()?;
    let holds = check.holds;
    holds(check.connection, permission, unit.flatten())
}

/// Whether who writes is this person. What only the person does asks this.
pub fn is_actor(check: &mut Check<'_>, person: Id) -> Result<bool> {
    Ok(account_of(check.connection, check.actor)? == Some(person))
}
