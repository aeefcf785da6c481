//! Delegations: who may approve what, up to how much, and how much of that is used.

use super::limit_rate::{Rates, told};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::expression::total;
use steward_core::database::{Connection, Dialect};
use steward_core::error::Result;
use steward_core::ports::authority::Value;
use steward_core::resource::value::{Currency, Date, Money};
use steward_core::resource::{Check, Id};
use steward_schema::governance::{approvals, delegations};

/// A delegation that has come into force.
#[derive(Debug, Clone)]
pub struct DelegatedAuthority {
    /// The delegation.
    pub id: Id,
    /// The unit in which, and below which, it holds.
    pub unit: Id,
    /// What may be approved: the permission of the move.
    pub step: String,
    /// The person or the role.
    pub holder: Id,
    /// Who approves today when the holder cannot.
    pub deputy: Option<Id>,
    /// The most that one approval may be worth, in minor units.
    pub single: Option<i64>,
    /// The most that all may be worth together.
    pub cumulative: Option<i64>,
    /// The currency of the limits; none if there are none.
    pub currency: Option<Currency>,
    /// The last day.
    pub ends_on: Date,
    /// What all approvals under it are worth together so far.
    pub used: i64,
    /// Whether it has ended since: it gives nothing any more, and whose it was approves nothing without another.
    pub ended: bool,
}

/// How a delegation is somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HeldAs {
    /// It was given to them, or to a role that they have.
    Holder,
    /// They stand in for the holder.
    Deputy,
}

/// What the delegations in force say of an approval.
#[derive(Debug, Clone)]
pub enum Ruling {
    /// Nothing of this kind is delegated for the unit or above, and none of theirs has ended: the permission is enough.
    Free,
    /// It is within this one.
    Under(Id, HeldAs, Option<Money>),
    /// It is not: the code and what is missing.
    Refused(&'static str, String),
}

/// The delegations that are in force on a day or have ended before, of one kind or of all, in some units or in all. What a record
/// was approved with before is not counted for it again.
pub fn come_into_force(connection: &mut Connection, today: Date, of: Option<(&str, &[Id])>, except: Option<Id>) -> Result<Vec<DelegatedAuthority>> {
    let mut given = delegations::table
        .filter(delegations::state.eq_any(["active", "expired", "revoked"]).and(delegations::starts_on.le(today)))
        .order(delegations::id)
        .select(Delegated::as_select())
        .into_boxed();
    if let Some((step, units)) = of {
        if units.is_empty() {
            return Ok(Vec::new());
        }
        given = given.filter(delegations::step.eq(step)).filter(delegations::unit_id.eq_any(units));
    }
    let given: Vec<Delegated> = given.load(connection)?;
    let mut found: Vec<DelegatedAuthority> = given.into_iter().map(|delegated| delegated.on(today)).collect();
    if found.iter().any(DelegatedAuthority::counts) {
        let used = used(connection, &found, except)?;
        found.iter_mut().for_each(|authority| authority.used = used.get(&authority.id).copied().unwrap_or_default());
    }
    Ok(found)
}

/// A delegation as it is stored.
#[derive(Queryable, Selectable)]
#[diesel(table_name = delegations, check_for_backend(Dialect))]
struct Delegated {
    id: Id,
    unit_id: Id,
    state: String,
    step: String,
    holder_id: Id,
    deputy_id: Option<Id>,
    deputy_starts_on: Option<Date>,
    deputy_ends_on: Option<Date>,
    #[diesel(select_expression = (delegations::single_limit_amount, delegations::single_limit_currency))]
    single_limit: Option<Money>,
    #[diesel(select_expression = (delegations::cumulative_limit_amount, delegations::cumulative_limit_currency))]
    cumulative_limit: Option<Money>,
    ends_on: Date,
}

impl Delegated {
    /// The delegation as it holds on a day, of which nothing is used yet.
    fn on(self, today: Date) -> DelegatedAuthority {
        let stands_in = self.deputy_starts_on.is_none_or(|first| first <= today) && self.deputy_ends_on.is_none_or(|last| last >= today);
        DelegatedAuthority {
            id: self.id,
            unit: self.unit_id,
            step: self.step,
            holder: self.holder_id,
            deputy: self.deputy_id.filter(|_| stands_in),
            single: self.single_limit.map(|limit| limit.minor),
            cumulative: self.cumulative_limit.map(|limit| limit.minor),
            currency: self.single_limit.or(self.cumulative_limit).map(|limit| limit.currency),
            ends_on: self.ends_on,
            used: 0,
            ended: self.state != "active" || self.ends_on < today,
        }
    }
}

diesel::alias!(approvals as later: Later);

/// The sums of the approvals under some delegations. A record that was approved again counts with its last approval only; one that
/// was cancelled or deleted since still counts, since it was approved.
fn used(connection: &mut Connection, authorities: &[DelegatedAuthority], except: Option<Id>) -> Result<HashMap<Id, i64>> {
    let counted: Vec<Id> = authorities.iter().filter(|authority| authority.counts()).map(|authority| authority.id).collect();
    let again = later
        .filter(later.field(approvals::record).eq(approvals::record).and(later.field(approvals::step).eq(approvals::step)))
        .filter(later.field(approvals::id).gt(approvals::id));
    let mut sums = approvals::table
        .group_by(approvals::delegation_id)
        .select((approvals::delegation_id.assume_not_null(), total(approvals::amount_amount)))
        .filter(approvals::delegation_id.eq_any(counted).and(not(exists(again))))
        .into_boxed();
    if let Some(record) = except {
        sums = sums.filter(approvals::record.ne(record.to_string()));
    }
    let sums: Vec<(Id, Option<i64>)> = sums.load(connection)?;
    Ok(sums.into_iter().map(|(delegation, sum)| (delegation, sum.unwrap_or_default())).collect())
}

/// The last approvals of some records: the delegation and the amount, where there was one.
pub fn counted(connection: &mut Connection, step: &str, records: &[Id]) -> Result<HashMap<Id, (Id, i64)>> {
    let again = later
        .filter(later.field(approvals::record).eq(approvals::record).and(later.field(approvals::step).eq(approvals::step)))
        .filter(later.field(approvals::id).gt(approvals::id));
    let last: Vec<(String, (Id, Option<i64>))> = approvals::table
        .filter(approvals::step.eq(step).and(approvals::delegation_id.is_not_null()))
        .filter(approvals::record.eq_any(records.iter().map(Id::to_string)))
        .filter(not(exists(again)))
        .select((approvals::record, (approvals::delegation_id.assume_not_null(), approvals::amount_amount)))
        .load(connection)?;
    let last: HashMap<String, (Id, Option<i64>)> = last.into_iter().collect();
    let found =
        records.iter().filter_map(|record| last.get(&record.to_string()).map(|(delegation, amount)| (*record, (*delegation, amount.unwrap_or_default()))));
    Ok(found.collect())
}

impl DelegatedAuthority {
    /// Whether what is approved under it is counted.
    fn counts(&self) -> bool {
        self.cumulative.is_some() && !self.ended
    }

    /// How it is somebody's; none if it is not, or not any more.
    pub fn standing(&self, person: Option<Id>, roles: &[Id]) -> Option<HeldAs> {
        if self.ended { None } else { self.was(person, roles) }
    }

    /// How it is or was somebody's.
    fn was(&self, person: Option<Id>, roles: &[Id]) -> Option<HeldAs> {
        if person == Some(self.holder) || roles.contains(&self.holder) {
            return Some(HeldAs::Holder);
        }
        person.filter(|person| self.deputy == Some(*person)).map(|_| HeldAs::Deputy)
    }

    /// What is missing for an approval that is worth so much, in the currency of the limits.
    fn lacks(&self, worth: i64, shown: bool) -> Option<String> {
        let currency = self.currency?;
        let amount = if shown { told(worth, currency) } else { "more".to_owned() };
        if let Some(single) = self.single.filter(|single| worth > *single) {
            return Some(format!("Delegation {} reaches {} for one approval, and this is worth {amount}.", self.id, told(single, currency)));
        }
        let all = self.cumulative.filter(|all| self.used.saturating_add(worth) > *all)?;
        let (all, used) = (told(all, currency), told(self.used, currency));
        Some(format!("Delegation {} reaches {all} for all approvals until {}, of which {used} is used, and this is worth {amount}.", self.id, self.ends_on))
    }
}

/// What the delegations for a unit say of an approval by somebody: the holder's own come first, then those without a
/// limit over all, then the oldest.
pub fn rule(
    check: &mut Check<'_>,
    authorities: &[&DelegatedAuthority],
    (person, roles): (Option<Id>, &[Id]),
    value: &Value,
    rates: &mut Rates,
) -> Result<Ruling> {
    if authorities.iter().all(|authority| authority.ended) {
        return Ok(match authorities.iter().find(|authority| authority.was(person, roles).is_some()) {
            None => Ruling::Free,
            Some(own) => {
                let detail = format!("Your authority for {} has ended (governance/delegations/{}). Have it delegated anew.", own.step, own.id);
                Ruling::Refused("delegation", detail)
            }
        });
    }
    let mut mine: Vec<(HeldAs, &DelegatedAuthority)> =
        authorities.iter().filter_map(|authority| Some((authority.standing(person, roles)?, *authority))).collect();
    mine.sort_by_key(|(standing, authority)| (*standing, authority.cumulative.is_some(), authority.id));
    let mut refusals = Vec::new();
    for (standing, authority) in &mine {
        let Some(currency) = authority.currency else { return Ok(Ruling::Under(authority.id, *standing, plain(value))) };
        if value.lacking.is_none() && value.sums.is_empty() {
            return Ok(Ruling::Under(authority.id, *standing, None));
        }
        match rates.worth(check, value, currency)? {
            Err(why) => refusals.push(why),
            Ok(worth) => match authority.lacks(worth, value.shown) {
                None => return Ok(Ruling::Under(authority.id, *standing, Some(Money::new(worth, currency)))),
                Some(why) => refusals.push(why),
            },
        }
    }
    refusals.dedup();
    Ok(match authorities.first() {
        Some(any) if mine.is_empty() => {
            Ruling::Refused("delegation", format!("Authority for {} is delegated here (governance/delegations), and not to you.", any.step))
        }
        _ => Ruling::Refused("limit", refusals.join(" ")),
    })
}

/// The one amount of a value, in its own currency.
pub fn plain(value: &Value) -> Option<Money> {
    match value.sums.as_slice() {
        [sum] if value.lacking.is_none() => match sum.as_slice() {
            [amount] => Some(*amount),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authority(single: Option<i64>, cumulative: Option<i64>, used: i64) -> DelegatedAuthority {
        DelegatedAuthority {
            id: Id::sample(),
            unit: Id::sample(),
            step: "a.b:approve".into(),
            holder: Id::sample(),
            deputy: None,
            single,
            cumulative,
            currency: Currency::parse("EUR"),
            ends_on: Date::sample("2026-12-31"),
            used,
            ended: false,
        }
    }

    #[test]
    fn a_limit_is_reached_and_not_passed() {
        assert_eq!(authority(Some(100), None, 0).lacks(100, true), None);
        assert!(authority(Some(100), None, 0).lacks(101, true).unwrap().contains("reaches 1.00 EUR for one approval"));
        assert_eq!(authority(None, Some(100), 40).lacks(60, true), None);
        let refused = authority(None, Some(100), 40).lacks(61, true).unwrap();
        assert!(refused.contains("1.00 EUR") && refused.contains("0.40 EUR is used") && refused.contains("0.61 EUR"), "{refused}");
        assert!(!authority(None, Some(100), 40).lacks(61, false).unwrap().contains("0.61"), "what is restricted is not told");
    }

    #[test]
    fn a_delegation_is_its_holders_its_deputys_and_nobody_elses() {
        let (holder, deputy, role) = (Id::new(), Id::new(), Id::new());
        let given = DelegatedAuthority { holder, deputy: Some(deputy), ..authority(None, None, 0) };
        assert_eq!(given.standing(Some(holder), &[]), Some(HeldAs::Holder));
        assert_eq!(given.standing(Some(deputy), &[]), Some(HeldAs::Deputy));
        assert_eq!(given.standing(Some(role), &[role]), None);
        assert_eq!(given.standing(None, &[]), None, "nobody is no deputy");
        assert_eq!(DelegatedAuthority { ended: true, ..given.clone() }.standing(Some(holder), &[]), None, "what has ended is nobody's");
        assert_eq!(DelegatedAuthority { holder: role, ..given }.standing(None, &[role]), Some(HeldAs::Holder));
    }
}
