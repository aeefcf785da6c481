//! Decisions: what was decided, by whom, out of what, and what came of it.

use super::frozen_record::require_kept;
use super::governance_body::Majority;
use diesel::prelude::*;
use serde_json::json;
use std::collections::HashSet;
use steward_core::access::account_of;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Instant, Money, Note, Title};
use steward_core::resource::{ANY, Cause, Check, Guard, Id, Lifecycle, Lock, Move, Resource, Rule, Scope, UnmetGuard, ValidationErrors};
use steward_schema::governance::{body_members, governance_bodies, meetings};

choice! {
    /// A vote on the proposal.
    pub enum Ballot {
        /// For the proposal.
        For = "for",
        /// Against the proposal.
        Against = "against",
        /// Abstention; it counts for the quorum and not for the majority.
        Abstain = "abstain",
    }
}

steward_core::value! {
    /// Option of a decision.
    pub struct DecisionOption {
        /// Name of the option; unique within the decision.
        pub name: Title,
        /// Description of the option, with the arguments for and against.
        pub description: Option<Note>,
        /// Cost of the option.
        pub cost: Option<Money>,
    }
}

steward_core::value! {
    /// The vote of a member.
    pub struct Vote {
        /// The member; each has one vote.
        #[field(refers_to(&["teams/people"]))]
        pub person_id: Id,
        /// The vote.
        pub ballot: Ballot,
        /// The day of the vote, written by the service.
        pub cast_on: Option<Date>,
    }
}

steward_core::value! {
    /// A member who takes no part because of an interest in the matter.
    pub struct Recusal {
        /// The member.
        #[field(refers_to(&["teams/people"]))]
        pub person_id: Id,
        /// Reason for the recusal.
        pub reason: Note,
    }
}

steward_core::resource! {
    /// A decision of a body, or of one person where no body is named. A body decides by its quorum and majority. Once a member has voted, the
    /// matter voted on stays as it was, and so does the whole decision once it is taken.
    pub struct Decision {
        /// Title of the decision, in a line.
        #[field(search)]
        pub title: Title,
        /// Context: need for a decision.
        #[field(search)]
        pub context: Option<Note>,
        /// Options to decide between.
        #[field(default(|| json!([])))]
        pub options: Vec<DecisionOption>,
        /// Name of the proposed option.
        pub chosen_option: Option<Title>,
        /// Rationale for the choice of the option. Required for an approved decision.
        #[field(search)]
        pub rationale: Option<Note>,
        /// The body that decides.
        #[field(refers_to(&["governance/governance-bodies"]))]
        pub governance_body_id: Option<Id>,
        /// The meeting at which it is decided; its body is the one that decides.
        #[field(refers_to(&["governance/meetings"]))]
        pub meeting_id: Option<Id>,
        /// Subject of the decision: a project, a risk, a vendor.
        #[field(refers_to(ANY))]
        pub subject_id: Option<Id>,
        /// Earlier decision that this one replaces.
        #[field(refers_to(&["governance/decisions"]))]
        pub replaces_id: Option<Id>,
        /// Votes of the members. Those of voting members count. Members cast, change and take back only their own.
        #[field(default(|| json!([])))]
        pub votes: Vec<Vote>,
        /// Recusals of members who take no part, with the reason.
        #[field(default(|| json!([])))]
        pub recusals: Vec<Recusal>,
        /// Date of the decision, written by the service: the day of its meeting, else of the transition to approved or rejected.
        #[field(read_only, happened)]
        pub decided_on: Option<Date>,
        /// Expected outcome, for a later review.
        pub expected_outcome: Option<Note>,
        /// Date for the review of the outcome.
        #[field(recurring)]
        pub review_on: Option<Date>,
        /// Actual outcome. Required for a reviewed decision.
        #[field(search)]
        pub actual_outcome: Option<Note>,
    }
}

/// What stays as it was decided.
const DECIDED: &[&str] = &[
    "title",
    "context",
    "options",
    "chosen_option",
    "rationale",
    "governance_body_id",
    "meeting_id",
    "subject_id",
    "replaces_id",
    "votes",
    "recusals",
    "decided_on",
    "expected_outcome",
];

/// What members vote on.
const VOTED_ON: &[&str] = &["title", "context", "options", "chosen_option", "governance_body_id", "subject_id", "replaces_id", "expected_outcome"];

impl Resource for Decision {
    const PATH: &'static str = "governance/decisions";
    type Table = steward_schema::governance::decisions::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["governance_body_id"];
    const TITLE: &'static str = "title";
    const EDITABLE_IN: &'static [&'static str] = &["proposed", "approved", "implemented"];
    const RULES: &'static [Rule] = &[Rule::Tree("replaces_id"), Rule::Agrees { by: "meeting_id", theirs: "governance_body_id", ours: "governance_body_id" }];
    const GUARDS: &'static [Guard] = &[Guard::set(&["approved"], &["rationale"]), Guard::set(&["reviewed"], &["actual_outcome"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "proposed→approved:approve|rejected:reject; approved→implemented:implement→reviewed:review";
        Some(Lifecycle::new(notation).given_up(&["rejected"]).approving(&["approve"]))
    }

    fn sample() -> Self {
        let option =
            |name: &str, why: &str, cost: &str| DecisionOption { name: name.into(), description: Some(why.into()), cost: Some(Money::sample(cost, "EUR")) };
        Decision {
            title: "Where the second copy of the backups is kept".into(),
            context: Some("The contract for the vault ends in autumn.".into()),
            options: vec![
                option("Cloud storage", "Cheap and far away; reading it back takes a day.", "18000.00"),
                option("Second data centre", "Read back in hours; shares the region.", "41000.00"),
            ],
            chosen_option: Some("Cloud storage".into()),
            rationale: Some("A day is within what the processes can bear.".into()),
            governance_body_id: None,
            meeting_id: None,
            subject_id: None,
            replaces_id: None,
            votes: Vec::new(),
            recusals: Vec::new(),
            decided_on: Date::parse("2026-06-08"),
            expected_outcome: Some("Half the cost, and one restore test a quarter that stays below a day.".into()),
            review_on: Date::parse("2026-12-08"),
            actual_outcome: Some("Restores took 16 hours on average.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let mut names = HashSet::new();
        let distinct = self.options.iter().all(|option| names.insert(option.name.to_lowercase()));
        faults.require(distinct, "options", "duplicate", "Two options have the same name. Give each its own.");
        let chosen = self.chosen_option.as_ref().is_none_or(|chosen| self.options.iter().any(|option| option.name == *chosen));
        faults.require(chosen, "chosen_option", "option", "That is the name of none of the options.");
        let mut voters = HashSet::new();
        let once = self.votes.iter().all(|vote| voters.insert(vote.person_id));
        faults.require(once, "votes", "duplicate", "Each member has one vote.");
        let apart = !self.recusals.iter().any(|recusal| voters.contains(&recusal.person_id));
        faults.require(apart, "recusals", "voted", "Who is recused does not vote. Take the vote out.");
    }

    fn locks(&self) -> Vec<Lock> {
        self.governance_body_id.map(Lock::Row).into_iter().collect()
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        if matches!(cause, Cause::Move(_)) {
            return Ok(match cause.to() {
                Some("approved" | "rejected") => Some(Decision { decided_on: Some(self.day(check)?), ..self.clone() }),
                _ => None,
            });
        }
        let cast = check.before::<Decision>()?.map(|before| before.votes.clone()).unwrap_or_default();
        let mut stamped = self.clone();
        for vote in &mut stamped.votes {
            let before = cast.iter().find(|each| each.person_id == vote.person_id && each.ballot == vote.ballot);
            vote.cast_on = before.map_or(Some(check.today), |before| before.cast_on);
        }
        Ok(Some(stamped))
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        self.require_own_votes(check)?;
        if matches!(check.state, None | Some("proposed")) {
            return self.require_what_was_voted_on(check);
        }
        require_kept(check, self, DECIDED, "It is decided, and stays as it was decided. Propose another decision that replaces it.")
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if !matches!(step.to, "approved" | "rejected") {
            return Ok(Vec::new());
        }
        let day = self.day(check)?;
        if day > check.today {
            let detail = format!("Its meeting is on {day}. Decide it then, or name another meeting.");
            return Ok(vec![UnmetGuard::new("/meeting_id", "future", detail)]);
        }
        let (true, Some(body)) = (step.to == "approved", self.governance_body_id) else { return Ok(Vec::new()) };
        let rules = governance_bodies::table.find(body).select((governance_bodies::quorum, governance_bodies::majority));
        let Some((quorum, majority)) = rules.first::<(i64, Majority)>(check.connection).optional()? else { return Ok(Vec::new()) };
        let members = body_members::table
            .filter(body_members::voting.and(body_members::governance_body_id.eq(body)))
            .filter(body_members::starts_on.le(day).and(body_members::ends_on.is_null().or(body_members::ends_on.ge(day))))
            .select(body_members::person_id);
        let members: HashSet<Id> = members.load(check.connection)?.into_iter().collect();
        let count = |ballot: Ballot| self.votes.iter().filter(|vote| vote.ballot == ballot && members.contains(&vote.person_id)).count();
        let (votes_for, votes_against, abstained) = (count(Ballot::For), count(Ballot::Against), count(Ballot::Abstain));
        let taking_part = votes_for + votes_against + abstained;
        let mut unmet = Vec::new();
        if i64::try_from(taking_part).is_ok_and(|taking_part| taking_part < quorum) {
            unmet.push(UnmetGuard::new("/votes", "quorum", format!("The body needs the votes of {quorum} voting members, and has {taking_part}.")));
        }
        if !majority.is_reached(votes_for, votes_against) {
            let detail = format!("{votes_for} are for it and {votes_against} against: that is not the majority that the body needs.");
            unmet.push(UnmetGuard::new("/votes", "majority", detail));
        }
        Ok(unmet)
    }
}

impl Decision {
    /// The day on which it is decided: that of its meeting, else today.
    fn day(&self, check: &mut Check<'_>) -> Result<Date> {
        let Some(meeting) = self.meeting_id else { return Ok(check.today) };
        let starts_at: Option<Instant> = meetings::table.find(meeting).select(meetings::starts_at).first(check.connection).optional()?;
        Ok(starts_at.map_or(check.today, |at| at.date()))
    }

    /// Refuses another matter under the votes that were cast (409); a rationale may still be given where there was none.
    fn require_what_was_voted_on(&self, check: &Check<'_>) -> Result<()> {
        let Some(before) = check.before::<Decision>()?.filter(|before| !before.votes.is_empty()) else { return Ok(()) };
        let detail = "Members have voted on it as it is. Have them take their votes back first, or propose another decision.";
        require_kept(check, self, VOTED_ON, detail)?;
        if before.rationale.is_some() { require_kept(check, self, &["rationale"], detail) } else { Ok(()) }
    }

    /// Members vote for themselves: a vote that is cast, changed or taken back is the caller's own (409).
    fn require_own_votes(&self, check: &mut Check<'_>) -> Result<()> {
        if check.actor == Id::system() || (check.before.is_none() && self.votes.is_empty()) {
            return Ok(());
        }
        let before = check.before::<Decision>()?.map(|before| before.votes.clone()).unwrap_or_default();
        let same = |one: &Vote, all: &[Vote]| all.iter().any(|other| other.person_id == one.person_id && other.ballot == one.ballot);
        let new = self.votes.iter().enumerate().filter(|(_, vote)| !same(vote, &before)).map(|(at, vote)| (format!("/votes/{at}"), vote.person_id));
        let gone = before.iter().filter(|vote| !same(vote, &self.votes)).map(|vote| ("/votes".to_owned(), vote.person_id));
        let mut changed = new.chain(gone).peekable();
        if changed.peek().is_none() {
            return Ok(());
        }
        let mine = account_of(check.connection, check.actor)?;
        match changed.find(|(_, person)| Some(*person) != mine) {
            Some((pointer, _)) => {
                Err(Problem::conflict(pointer, "own", "Members cast, change and take back their own votes. Leave those of others as they are.").into())
            }
            None => Ok(()),
        }
    }
}
