//! What waits for somebody's approval: every record of every kind that the caller could move on now.

use crate::approval::{
    authority::{self, DelegatedAuthority, Ruling},
    limit_rate::Rates,
    separation::{self, Said, Separation},
};
use std::collections::{HashMap, HashSet};
use steward_core::access::{Reach, accounts_of, granted_roles, parents};
use steward_core::ports::authority::four_eyes;
use steward_core::resource::label::label;
use steward_core::resource::value::{Text, Title, Whole};
use steward_core::resource::{ResourceType, UnmetGuard};
use steward_core::store::Waiting;
use steward_core::view::prelude::*;
use steward_core::view::queue::{Queue, WaitingApproval};

/// How many of one move are looked at, the latest changed first.
const LOOKED_AT: usize = 1000;
const LIMIT: usize = 50;
const MOST: usize = 500;
/// Why rules, delegations, grants and rates are read past the permissions of the caller.
const WHOLE_TRUTH: &str = "a move is judged by all rules and delegations, as when it is made; only records in sight are named";

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Collection of the records, such as vendors/purchase-orders; all if left out.
    pub kind: Option<String>,
    /// Number of records to list; 50 if left out.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
    /// True to include records whose approval is blocked for you.
    pub include_blocked: Option<bool>,
}

/// Reason that blocks an approval.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PendingReason {
    /// Stable code: four_eyes, separation_of_duties, delegation or limit.
    pub code: Text<1, 100>,
    /// Explanation of the reason.
    pub detail: Text<1, 2000>,
}

/// A record that waits for an approving transition.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PendingApproval {
    /// Collection of the record, as domain/collection.
    pub collection: Text<3, 100>,
    /// The record.
    pub id: Id,
    /// Title of the record.
    pub title: Text<0, 1000>,
    /// State in which the record waits.
    pub state: Text<1, 40>,
    /// Name of the transition, as in `x-lifecycle`.
    pub name: Text<1, 100>,
    /// State after the transition.
    pub to: Text<1, 40>,
    /// Value of the record, in the currency of your delegation's limits, else in its own; null where it has no monetary value, or where you
    /// may not read the amounts.
    pub amount: Option<Money>,
    /// Time since which the record waits.
    pub waiting_since: Instant,
    /// Account that brought the record into the state.
    pub requested_by: Id,
    /// Unit of the record; null if it has none.
    pub unit_id: Option<Id>,
    /// Delegation under which you would approve the record; null where none is needed.
    pub delegation_id: Option<Id>,
    /// Reasons that block the approval; empty where you can make the transition.
    pub blocked: Vec<PendingReason>,
    /// Warnings that a rule for the separation of duties would give.
    pub warnings: Vec<Text<1, 2000>>,
}

/// Records that wait for your approval.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Pending {
    /// Records that wait for approval, the longest waiting last.
    pub data: Vec<PendingApproval>,
    /// Number of records in all.
    pub total_count: Whole<0, 1_000_000_000>,
    /// True if there are more records than were examined.
    pub capped: bool,
}

impl View for Pending {
    const PATH: &'static str = "governance/approvals/pending";
    const OPERATION_ID: &'static str = "list_pending_approvals";
    const SUMMARY: &'static str = "List the records that wait for your approval";
    const DESCRIPTION: &'static str = "Records of all kinds that wait for an approving transition which you could make now: you hold its permission there, \
        another person brought the record into its state, no rule for the separation of duties stops you, and your delegation covers it. \
        Further conditions of the transition are listed by `GET …/{id}/transitions`. The longest waiting are last. A record is listed once for each such transition. \
        Of each transition the 1,000 records that changed last are examined; `capped` is true where there are more.\n\n\
        With `include_blocked=true` the records that only those rules block for you are listed too, with the reasons.";
    type Reads = ();
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let limit = query.limit.unwrap_or(LIMIT);
        if !(1..=MOST).contains(&limit) {
            return Err(Problem::bad_request(format!("limit is a number from 1 to {MOST}.")).into());
        }
        let definitions = cx.store.definitions.clone();
        let only = match query.kind.as_deref() {
            None => None,
            Some(path) => {
                let unknown = || Problem::bad_request("kind is a collection such as vendors/purchase-orders.");
                Some(definitions.get(path).ok_or_else(unknown)?)
            }
        };
        pending(cx, only, query.include_blocked.unwrap_or_default(), limit)
    }
}

fn pending(reader: &mut Reader<'_>, only: Option<&'static ResourceType>, blocked_too: bool, limit: usize) -> Result<Pending> {
    let definitions = reader.store.definitions.clone();
    let mut desk = Desk::open(reader)?;
    let (mut found, mut capped) = (Vec::new(), false);
    for definition in definitions.all().iter().copied().filter(|definition| only.is_none_or(|only| only.path == definition.path)) {
        for (name, to) in approving(definition) {
            capped |= desk.look(reader, definition, (name, to), blocked_too, &mut found)?;
        }
    }
    found.sort_by_key(|each| std::cmp::Reverse((each.waiting_since, each.id)));
    let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
    found.truncate(limit);
    Ok(Pending { data: found, total_count: Whole(total), capped })
}

/// What waits for the caller's approval, for the page that begins a day.
pub fn queue(reader: &mut Reader<'_>, limit: usize) -> Result<Queue> {
    let Pending { data, total_count, capped } = pending(reader, None, false, limit)?;
    let entry = |each: PendingApproval| WaitingApproval {
        label: Title::cut(&label(&each.name)),
        collection: each.collection,
        id: each.id,
        title: each.title,
        state: each.state,
        to: each.to,
        name: each.name,
        waiting_since: each.waiting_since,
    };
    Ok(Queue { data: data.into_iter().map(entry).collect(), total: total_count.0, capped })
}

/// The approving moves of a kind: each name once, with the state after it.
fn approving(definition: &'static ResourceType) -> Vec<(&'static str, &'static str)> {
    let mut moves: Vec<(&str, &str)> = Vec::new();
    for step in definition.moves().filter(|step| step.approving && !step.automatic) {
        if !moves.contains(&(step.name, step.to)) {
            moves.push((step.name, step.to));
        }
    }
    moves
}

/// What is read once for all kinds.
struct Desk {
    accounts: Vec<Id>,
    /// Role and unit of each grant of the caller; no unit means everywhere.
    grants: Vec<(Id, Option<Id>)>,
    above: HashMap<Id, Option<Id>>,
    authorities: Vec<DelegatedAuthority>,
    rules: Vec<(Separation, Vec<(Id, Id)>)>,
    rates: Rates,
}

impl Desk {
    fn open(reader: &mut Reader<'_>) -> Result<Desk> {
        let (today, session) = (reader.today(), reader.session);
        let connection = reader.unscoped(WHOLE_TRUTH);
        let mut rules = Vec::new();
        for rule in separation::in_force(connection, None)? {
            let exceptions = separation::exceptions(connection, rule.id, today)?;
            rules.push((rule, exceptions));
        }
        Ok(Desk {
            accounts: accounts_of(connection, session.principal, session.answers)?,
            grants: granted_roles(connection, session.principal)?,
            above: parents(connection)?,
            authorities: authority::come_into_force(connection, today, None, None)?,
            rules,
            rates: Rates::on(today),
        })
    }

    /// A unit and all above it; where a record stands in none, the units at the top.
    fn units(&self, unit: Option<Id>) -> Vec<Id> {
        let Some(mut at) = unit else { return self.above.iter().filter(|(_, parent)| parent.is_none()).map(|(id, _)| *id).collect() };
        let mut units = vec![at];
        while let Some(parent) = self.above.get(&at).copied().flatten().filter(|parent| !units.contains(parent)) {
            units.push(parent);
            at = parent;
        }
        units
    }

    /// Adds what waits for one move; answers whether there is more.
    fn look(
        &mut self,
        reader: &mut Reader<'_>,
        definition: &'static ResourceType,
        (name, to): (&'static str, &'static str),
        blocked_too: bool,
        found: &mut Vec<PendingApproval>,
    ) -> Result<bool> {
        let step = definition.permission(name);
        if reader.session.reach(&step) == Reach::Nothing {
            return Ok(false);
        }
        let (waiting, more) = reader.waiting(definition, (name, to), &self.accounts, LOOKED_AT)?;
        if waiting.is_empty() {
            return Ok(more);
        }
        let ids: Vec<Id> = waiting.iter().map(|each| each.stored.meta.id).collect();
        let mut touched: Vec<(usize, HashSet<Id>)> = Vec::new();
        for (at, (rule, _)) in self.rules.iter().enumerate().filter(|(_, (rule, _))| rule.names(&step)) {
            let definitions = &reader.store.definitions;
            touched.push((at, rule.touched(reader.unscoped(WHOLE_TRUTH), definitions, (definition.path, &ids), &step, &self.accounts)?));
        }
        let before = if self.authorities.iter().any(|authority| authority.step == step && authority.cumulative.is_some()) {
            authority::counted(reader.unscoped(WHOLE_TRUTH), &step, &ids)?
        } else {
            HashMap::new()
        };
        for each in waiting {
            let judged = self.judge(reader, definition, (name, to), each, &touched, &before)?;
            if blocked_too || judged.blocked.is_empty() {
                found.push(judged);
            }
        }
        Ok(more)
    }

    fn judge(
        &mut self,
        reader: &mut Reader<'_>,
        definition: &'static ResourceType,
        (name, to): (&'static str, &'static str),
        each: Waiting,
        touched: &[(usize, HashSet<Id>)],
        before: &HashMap<Id, (Id, i64)>,
    ) -> Result<PendingApproval> {
        let (id, step, units) = (each.stored.meta.id, definition.permission(name), self.units(each.unit));
        let state = each.stored.meta.state.clone().unwrap_or_default();
        let (mut unmet, mut warnings) = (Vec::new(), Vec::new());
        if each.own {
            unmet.push(four_eyes(&state));
        }
        for (at, _) in touched.iter().filter(|(_, records)| records.contains(&id)) {
            let Some((rule, exceptions)) = self.rules.get(*at) else { continue };
            match rule.said(&step, separation::covering(exceptions, &units)) {
                Said::Refusal(refusal) => unmet.push(refusal),
                Said::Warning(warning) => warnings.push(Text(warning)),
            }
        }
        // What the record was approved with before is not counted for it again.
        let freed = |authority: &DelegatedAuthority| before.get(&id).filter(|(delegation, _)| *delegation == authority.id).map_or(0, |(_, amount)| *amount);
        let authorities: Vec<DelegatedAuthority> = self
            .authorities
            .iter()
            .filter(|authority| authority.step == step && units.contains(&authority.unit))
            .map(|authority| DelegatedAuthority { used: authority.used - freed(authority), ..authority.clone() })
            .collect();
        let roles: Vec<Id> = self.grants.iter().filter(|(_, unit)| unit.is_none_or(|unit| units.contains(&unit))).map(|(role, _)| *role).collect();
        let candidates: Vec<&DelegatedAuthority> = authorities.iter().collect();
        let person = reader.session.person;
        let ruling = reader.ask(|check| authority::rule(check, &candidates, (person, &roles), &each.value, &mut self.rates))?;
        let (delegation_id, amount) = match ruling {
            Ruling::Free => (None, authority::plain(&each.value)),
            Ruling::Under(delegation, _, amount) => (Some(delegation), amount),
            Ruling::Refused(code, detail) => {
                unmet.push(UnmetGuard::new("", code, detail));
                (None, authority::plain(&each.value))
            }
        };
        let reason = |unmet: UnmetGuard| PendingReason { code: Text(unmet.0.code), detail: Text(unmet.0.detail) };
        Ok(PendingApproval {
            collection: definition.path.into(),
            id,
            title: Text(each.title),
            state: Text(state),
            name: name.into(),
            to: to.into(),
            amount: amount.filter(|_| each.value.shown),
            waiting_since: each.since,
            requested_by: each.by,
            unit_id: each.unit,
            delegation_id,
            blocked: unmet.into_iter().map(reason).collect(),
            warnings,
        })
    }
}
