//! Governance bodies: boards and committees that decide.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Name, Note, Whole};
use steward_core::resource::{Id, Lifecycle, Resource, Rule, Scope, Unique};

choice! {
    /// Type of governance body.
    pub enum BodyKind {
        /// The governing body of the organisation.
        Board = "board",
        /// Direction of a field, such as IT or security.
        SteeringCommittee = "steering_committee",
        /// Decisions on risk and compliance.
        RiskCommittee = "risk_committee",
        /// Oversight of audits.
        AuditCommittee = "audit_committee",
        /// Decisions on architecture.
        ArchitectureBoard = "architecture_board",
        /// Advice on changes.
        ChangeAdvisoryBoard = "change_advisory_board",
        /// Direction of a project or programme.
        ProjectBoard = "project_board",
        /// Any other purpose.
        Other = "other",
    }
}

choice! {
    /// Majority required of the votes for and against.
    pub enum Majority {
        /// More than half.
        Simple = "simple",
        /// At least two thirds.
        TwoThirds = "two_thirds",
        /// All of them.
        Unanimous = "unanimous",
    }
}

steward_core::resource! {
    /// A board or committee that decides. It decides only when enough of its voting members take part.
    pub struct GovernanceBody {
        /// Name as people know it, unique.
        #[field(unique, search)]
        pub name: Name,
        /// Type of the body.
        pub kind: BodyKind,
        /// Mandate: decisions within the authority of the body, and those left to others.
        #[field(search)]
        pub mandate: Option<Note>,
        /// Body to which this one reports. The tree of bodies has no cycles.
        #[field(refers_to(&["governance/governance-bodies"]))]
        pub parent_id: Option<Id>,
        /// Quorum: minimum number of voting members who must vote. Abstaining members take part; recused members do not.
        #[field(default(|| json!(1)))]
        pub quorum: Whole<1, 1000>,
        /// Majority required of the votes for and against.
        #[field(default(|| json!("simple")))]
        pub majority: Majority,
        /// Interval between two regular meetings, in days.
        pub meeting_interval_days: Option<Whole<1, 1000>>,
    }
}

impl Resource for GovernanceBody {
    const PATH: &'static str = "governance/governance-bodies";
    type Table = steward_schema::governance::governance_bodies::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "governance_bodies_name_key", fields: &["name"] }];
    const RULES: &'static [Rule] = &[Rule::Tree("parent_id")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("active→dissolved:dissolve"))
    }

    fn sample() -> Self {
        GovernanceBody {
            name: "IT steering committee".into(),
            kind: BodyKind::SteeringCommittee,
            mandate: Some("Decides on the IT portfolio and on risk above the appetite; money above 500,000 euro goes to the board.".into()),
            parent_id: None,
            quorum: Whole(3),
            majority: Majority::Simple,
            meeting_interval_days: Some(Whole(30)),
        }
    }
}

impl Majority {
    /// Whether so many votes for and against are enough. Where nobody voted for or against, they are not.
    pub fn is_reached(self, votes_for: usize, votes_against: usize) -> bool {
        match self {
            Majority::Simple => votes_for > votes_against,
            Majority::TwoThirds => votes_for > 0 && votes_for >= 2 * votes_against,
            Majority::Unanimous => votes_for > 0 && votes_against == 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_is_no_majority_and_two_thirds_is_two_to_one() {
        assert!(!Majority::Simple.is_reached(2, 2) && Majority::Simple.is_reached(3, 2));
        // By hand: 4 of 6 is two thirds, 3 of 5 is less.
        assert!(Majority::TwoThirds.is_reached(4, 2) && !Majority::TwoThirds.is_reached(3, 2));
        assert!(Majority::Unanimous.is_reached(3, 0) && !Majority::Unanimous.is_reached(3, 1));
    }

    #[test]
    fn where_all_abstain_nothing_is_decided() {
        assert!([Majority::Simple, Majority::TwoThirds, Majority::Unanimous].into_iter().all(|majority| !majority.is_reached(0, 0)));
    }
}
