//! Approvals: who approved what, when, and under which authority.

use super::step_name::StepName;
use crate::ports::authority::ApprovalRequest;
use crate::resource::value::{Money, Note, Text};
use crate::resource::{Check, Effect, Id, Operations, Placement, Resource, Scope};

crate::resource! {
    /// An approving move that was made, of a record of any kind. The service writes it down with the move itself. What is private
    /// to some people is not written down here.
    pub struct Approval {
        /// The kind of record, as domain/collection.
        pub collection: Text<3, 100>,
        /// The id of the record. It stays when the record is deleted.
        pub record: Text<36, 36>,
        /// The move: the permission that it needed.
        pub step: StepName,
        /// The account that made it.
        #[field(refers_to(&["identity/users", "identity/service-accounts"]))]
        pub principal_id: Id,
        /// The person who answers for it: the one whose account it is, or who owns the service account.
        #[field(refers_to(&["teams/people"]))]
        pub person_id: Option<Id>,
        /// The delegation that it was made under; null where none was needed.
        #[field(refers_to(&["governance/delegations"]))]
        pub delegation_id: Option<Id>,
        /// Whether it was made as the deputy of the delegation's holder.
        pub as_deputy: bool,
        /// What the record was worth then, in the currency of the delegation's limits, else in its own; null if it was worth no
        /// money.
        #[field(restricted)]
        pub amount: Option<Money>,
        /// What a rule of separation let through with a warning.
        pub warning: Option<Note>,
    }
}

impl Resource for Approval {
    const PATH: &'static str = "governance/approvals";
    type Table = steward_schema::governance::approvals::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const TITLE: &'static str = "step";
    const FACT: bool = true;
    const OPERATIONS: Operations = Operations::NONE;

    fn sample() -> Self {
        Approval {
            collection: "vendors/purchase-orders".into(),
            record: "0198c0de-0000-7000-8000-00000000a001".into(),
            step: "vendors.purchase_orders:approve".into(),
            principal_id: Id::sample(),
            person_id: None,
            delegation_id: None,
            as_deputy: false,
            amount: Some(Money::sample("12500.00", "EUR")),
            warning: Some("SOD-1 keeps vendors.purchase_orders:create and vendors.purchase_orders:approve apart, and one person did both.".into()),
        }
    }
}

/// What is written down when a move is made: under which delegation, whether as its deputy, and for how much. Nothing of a record
/// that is private.
pub fn of(check: &Check<'_>, asked: &ApprovalRequest<'_>, used: (Option<Id>, bool, Option<Money>), warnings: &[String]) -> Option<Effect> {
    if !check.definitions.root_of(asked.definition).private_to.is_empty() {
        return None;
    }
    let (delegation, as_deputy, amount) = used;
    let warning = warnings.join(" ");
    let approval = Approval {
        collection: asked.definition.path.into(),
        record: Text(check.id.to_string()),
        step: Text(asked.permission()),
        principal_id: check.actor,
        person_id: asked.person,
        delegation_id: delegation,
        as_deputy,
        amount,
        warning: Some(warning).filter(|warning| !warning.is_empty()).map(Text),
    };
    Some(Effect::create(Placement { unit_id: asked.unit, owner_id: None }, approval))
}
