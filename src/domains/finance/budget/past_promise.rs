//! What was promised and not yet delivered at the end of a past day.
//!
//! A commitment counts from the day on which it was made until it was released. It is relieved by what the ledger had booked for it by
//! then, and by what was paid in advance for it, from its last booking on also by what is not asked for any more; and it was greater by what
//! was carried forward of it since.

use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::expression::total;
use steward_core::database::{CHUNK, Connection, Narrowed};
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::{Currency, Date, Instant};
use steward_schema::finance::{carry_forwards, commitments, cost_entries, prepayments};

/// A commitment that was open at the end of the day.
#[derive(Queryable)]
struct Promise {
    id: Id,
    line: Id,
    period: Id,
    amount: i64,
    currency: Currency,
    relieved: Option<i64>,
    released_at: Option<Instant>,
}

/// What was open of the promises of some lines at the end of a day, by line, period and currency.
pub fn open(connection: &mut Connection, lines: &[Id], seen: &Narrowed<commitments::table>, day: Date) -> Result<Vec<(Id, Id, Currency, i64)>> {
    use commitments::{amount_amount, amount_currency, budget_line_id, created_at, fiscal_period_id, id, released_at, relieved_amount, table};
    let end = day.plus_days(1).midnight();
    let kept = released_at.is_null().or(released_at.assume_not_null().ge(end));
    let promises: Vec<Promise> = table
        .filter(budget_line_id.eq_any(lines).and(created_at.lt(end)).and(kept))
        .filter(seen.clone())
        .order(id)
        .select((id, budget_line_id, fiscal_period_id, amount_amount, amount_currency, relieved_amount, released_at))
        .load(connection)?;
    let mut sums: HashMap<(Id, Id, &'static str), (Currency, i64)> = HashMap::new();
    for chunk in promises.chunks(CHUNK) {
        let ids: Vec<Id> = chunk.iter().map(|promise| promise.id).collect();
        let (by_then, in_all) = (relieved(connection, &ids, day)?, relieved(connection, &ids, Date::LAST)?);
        let carried = carried_since(connection, &ids, end)?;
        for promise in chunk {
            let sum = sums.entry((promise.line, promise.period, promise.currency.code())).or_insert((promise.currency, 0));
            sum.1 = sum.1.saturating_add(promise.open(&by_then, &in_all, &carried));
        }
    }
    Ok(sums.into_iter().map(|((line, period, _), (currency, open))| (line, period, currency, open)).collect())
}

/// What keeps promises, by promise and currency.
type Relieved = HashMap<(Id, &'static str), i64>;

impl Promise {
    /// What was open of it: what it promised then less what was relieved, at least nothing and at most all of it.
    fn open(&self, by_then: &Relieved, in_all: &Relieved, carried: &HashMap<Id, Vec<(i64, Option<Instant>)>>) -> i64 {
        // What is carried forward whole releases it, and leaves its amount as it was.
        let since = carried.get(&self.id).into_iter().flatten().filter(|(_, at)| *at != self.released_at);
        let amount = since.map(|(amount, _)| *amount).fold(self.amount, i64::saturating_add);
        let [by_then, in_all] = [by_then, in_all].map(|relieved| relieved.get(&(self.id, self.currency.code())).copied().unwrap_or_default());
        let booked = by_then.clamp(0, amount.max(0));
        // Where all that was booked was booked by then, what is not asked for any more is relieved, too.
        let settled = self.relieved.filter(|_| by_then > 0 && by_then == in_all).map_or(booked, |relieved| relieved.max(booked));
        amount.saturating_sub(settled)
    }
}

/// What was booked for some promises up to a day, and paid in advance for them at its end.
fn relieved(connection: &mut Connection, ids: &[Id], day: Date) -> Result<Relieved> {
    let end = day.plus_days(1).midnight();
    let entries = cost_entries::table.filter(cost_entries::commitment_id.eq_any(ids).and(cost_entries::posted_on.le(day)));
    let promise = cost_entries::commitment_id.assume_not_null();
    let booked: Vec<(Id, Currency, Option<i64>)> = entries
        .group_by((cost_entries::commitment_id, cost_entries::net_currency))
        .select((promise, cost_entries::net_currency, total(cost_entries::net_amount)))
        .load(connection)?;
    let kept = prepayments::reversed_at.is_null().or(prepayments::reversed_at.assume_not_null().ge(end));
    let paid = prepayments::table.filter(prepayments::commitment_id.eq_any(ids).and(prepayments::created_at.lt(end)).and(kept));
    let paid = paid.filter(prepayments::invoiced_currency.is_not_null().and(prepayments::state.ne_all(["draft", "cancelled"])));
    let (promise, currency) = (prepayments::commitment_id.assume_not_null(), prepayments::invoiced_currency.assume_not_null());
    let paid: Vec<(Id, Currency, Option<i64>)> = paid
        .group_by((prepayments::commitment_id, prepayments::invoiced_currency))
        .select((promise, currency, total(prepayments::invoiced_amount)))
        .load(connection)?;
    let mut relieved = Relieved::new();
    for (promise, currency, sum) in booked.into_iter().chain(paid) {
        let known = relieved.entry((promise, currency.code())).or_default();
        *known = known.saturating_add(sum.unwrap_or_default());
    }
    Ok(relieved)
}

/// What was carried forward of some promises after a time, and when.
fn carried_since(connection: &mut Connection, ids: &[Id], end: Instant) -> Result<HashMap<Id, Vec<(i64, Option<Instant>)>>> {
    use carry_forwards::{amount_amount, commitment_id, posted_at, state, table};
    let since = table.filter(state.eq_any(["posted", "reversed"]).and(posted_at.is_not_null()).and(posted_at.assume_not_null().ge(end)));
    let rows: Vec<(Id, i64, Option<Instant>)> =
        since.filter(commitment_id.eq_any(ids)).select((commitment_id.assume_not_null(), amount_amount, posted_at)).load(connection)?;
    let mut carried: HashMap<Id, Vec<(i64, Option<Instant>)>> = HashMap::new();
    for (promise, amount, at) in rows {
        carried.entry(promise).or_default().push((amount, at));
    }
    Ok(carried)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_was_what_it_is_and_what_was_carried_of_it_since() {
        let (id, at) = (Id::new(), Instant::sample("2026-12-31T10:00:00Z"));
        let euro = Currency::sample("EUR");
        let of = |relieved, released_at| Promise { id, line: Id::new(), period: Id::new(), amount: 700, currency: euro, relieved, released_at };
        let promise = |released_at| of(None, released_at);
        let relieved = Relieved::from([((id, "EUR"), 200), ((id, "USD"), 50)]);
        let none = HashMap::new();
        assert_eq!(promise(None).open(&Relieved::new(), &Relieved::new(), &none), 700);
        assert_eq!(promise(None).open(&relieved, &relieved, &none), 500);
        // 699 of 700 are booked for all of it: on the day of the last booking nothing is open.
        let whole = Relieved::from([((id, "EUR"), 699)]);
        assert_eq!([of(Some(700), None).open(&relieved, &whole, &none), of(Some(700), None).open(&whole, &whole, &none)], [500, 0]);
        // 300 of 1,000 went on to the next year: 1,000 less 200.
        let carried = HashMap::from([(id, vec![(300, Some(at))])]);
        assert_eq!(promise(None).open(&relieved, &relieved, &carried), 800);
        assert_eq!(promise(Some(at)).open(&relieved, &relieved, &carried), 500, "all that was left went on, and the amount stayed");
        let of_all = |minor: i64| Relieved::from([((id, "EUR"), minor)]);
        assert_eq!(promise(None).open(&of_all(900), &of_all(900), &none), 0);
        assert_eq!(promise(None).open(&of_all(-900), &of_all(-900), &none), 700);
    }
}
