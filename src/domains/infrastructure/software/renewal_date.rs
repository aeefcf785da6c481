//! The days by which certificates and domains should be renewed by hand, in the calendar.

use super::certificate::Certificate;
use crate::network::dns_domain::DnsDomain;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::Date;
use steward_core::resource::{Id, Resource};
use steward_core::store::{DerivedDate, Reader, Span};
use steward_core::view::due::DerivedDates;
use steward_schema::infrastructure::{certificates, dns_domains};

/// Days by which a certificate should be renewed, `notice_days` before it expires.
pub const CERTIFICATES: DerivedDates = DerivedDates { collection: Certificate::PATH, find: of_certificates };
/// The same of a domain.
pub const DOMAINS: DerivedDates = DerivedDates { collection: DnsDomain::PATH, find: of_domains };

/// Greatest number of days before the end.
const LONGEST_DAYS: u32 = 365;

fn of_certificates(reader: &mut Reader<'_>, span: &Span) -> Result<Vec<DerivedDate>> {
    use certificates::{auto_renew, expires_on, id, notice_days, revoked_on};
    let seen = reader.sees::<Certificate>()?;
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let by_hand = auto_renew.eq(false).and(notice_days.gt(0)).and(revoked_on.is_null());
    let near = expires_on.ge(span.from).and(expires_on.lt(span.to.plus_days(LONGEST_DAYS)));
    let query = certificates::table.filter(by_hand).filter(near).filter(seen.clone()).select((id, expires_on, notice_days));
    Ok(query.load(reader.within(&seen))?.into_iter().filter_map(renewal).collect())
}

fn of_domains(reader: &mut Reader<'_>, span: &Span) -> Result<Vec<DerivedDate>> {
    use dns_domains::{auto_renew, expires_on, id, notice_days};
    let seen = reader.sees::<DnsDomain>()?;
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let near = expires_on.ge(span.from).and(expires_on.lt(span.to.plus_days(LONGEST_DAYS)));
    let by_hand = dns_domains::table.filter(auto_renew.eq(false).and(notice_days.gt(0))).filter(near).filter(seen.clone());
    let query = by_hand.select((id, expires_on.assume_not_null(), notice_days));
    Ok(query.load(reader.within(&seen))?.into_iter().filter_map(renewal).collect())
}

/// So many days before the end.
fn renewal((id, end, days): (Id, Date, i64)) -> Option<DerivedDate> {
    let on = end.0.checked_sub_days(chrono::Days::new(u64::try_from(days).ok()?)).and_then(Date::within)?;
    Some(DerivedDate::day(id, on, "notice_days", "Renewal due"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renewal_is_due_so_many_days_before_the_end() {
        let due = |days| renewal((Id::sample(), Date::sample("2026-09-30"), days)).map(|due| due.on);
        assert_eq!((due(30), due(365)), (Date::parse("2026-08-31"), Date::parse("2025-09-30")));
    }
}
