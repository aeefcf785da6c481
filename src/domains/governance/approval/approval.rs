//! Approvals: who approved what, when, and under which authority.

use super::step_name::StepName;
use steward_core::ports::authority::ApprovalRequest;
use steward_core::resource::value::{Money, Note, Text};
use steward_core::resource::{Check, Effect, Id, Operations, Placement, Resource, Scope};

steward_core::resource! {
    /// Approving transition of a record of any kind. The service records it with the transition itself. Content that is private to some
    /// people is not recorded here.
    pub struct Approval {
        /// Collection of the record, as domain/collection.
        pub collection: Text<3, 100>,
        /// Id of the record. It stays when the record is deleted.
        pub record: Text<36, 36>,
        /// Step: the permission that the transition needed.
        pub step: StepName,
        /// Account that made the transition.
        #[field(refers_to(&["identity/users", "identity/service-accounts"]))]
        pub principal_id: Id,
        /// Accountable person: the holder of the account, or the owner of the service account.
        #[field(refers_to(&["teams/people"]))]
        pub person_id: Option<Id>,
        /// Delegation under which the transition was made; null where none was needed.
        #[field(refers_to(&["governance/delegations"]))]
        pub delegation_id: Option<Id>,
        /// True if the transition was made as the deputy of the delegation's holder.
        pub as_deputy: bool,
        /// Value of the record at that time, in the currency of the delegation's limits, else in its own; null if it had no monetary value.
        #[field(restricted)]
        pub amount: Option<Money>,
        /// Warning of a rule for the separation of duties that let the transition through.
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
