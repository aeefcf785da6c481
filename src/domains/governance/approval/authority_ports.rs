//! Who may approve what: the separation of duties and the delegations of authority, asked by every approving move.
//!
//! A rule of separation is asked whichever of its steps comes second, as long as that one approves: what records a fact is never
//! refused. Authority is needed as soon as some is delegated: where a delegation of the move's permission is in force for the
//! unit or one above it, only its holder or deputy makes the move, and only within its limits. Where there is none, the
//! permission and four eyes are enough, but for those whose own has ended: no limit is lost by letting it run out.

use super::approval;
use super::approver;
use super::authority::{self, HeldAs, Ruling};
use super::limit_rate::Rates;
use super::separation::{self, Said};
use steward_core::access::roles_in;
use steward_core::error::Result;
use steward_core::ports::authority::{ApprovalRequest, Authority, Verdict};
use steward_core::resource::{Check, Lock, UnmetGuard};

/// The governance of approvals.
pub struct Governance;

/// The one there is.
pub static AUTHORITY: Governance = Governance;

impl Authority for Governance {
    fn locks(&self, check: &mut Check<'_>, asked: &ApprovalRequest<'_>) -> Result<Vec<Lock>> {
        let authorities = authority::come_into_force(check.connection, check.today, Some((&asked.permission(), asked.units)), None)?;
        let roles = roles_in(check.connection, &[check.actor], asked.units)?;
        let own = authorities.iter().filter(|authority| authority.standing(asked.holder, &roles).is_some()).map(|authority| Lock::Row(authority.id));
        // Of two approvals that a rule keeps apart, one person makes one after the other: each sees what the other did.
        let hands = Lock::Named(format!("approvals of {}", asked.person.unwrap_or(check.actor)));
        Ok(own.chain([hands]).collect())
    }

    fn judge(&self, check: &mut Check<'_>, asked: &ApprovalRequest<'_>) -> Result<Verdict> {
        let step = asked.permission();
        let (mut verdict, rules) = (Verdict::default(), separation::in_force(check.connection, Some(&step))?);
        for rule in &rules {
            if !rule.touches(check.connection, check.definitions, (asked.definition.path, check.id), &step, asked.accounts)? {
                continue;
            }
            let exceptions = separation::exceptions(check.connection, rule.id, check.today)?;
            match rule.said(&step, separation::covering(&exceptions, asked.units)) {
                Said::Refusal(unmet) => verdict.unmet.push(unmet),
                Said::Warning(warning) => verdict.warnings.push(warning),
            }
        }
        let authorities = authority::come_into_force(check.connection, check.today, Some((&step, asked.units)), Some(check.id))?;
        let (candidates, roles) = (authorities.iter().collect::<Vec<_>>(), roles_in(check.connection, &[check.actor], asked.units)?);
        let mut rates = Rates::on(check.today);
        match authority::rule(check, &candidates, (asked.holder, &roles), asked.value, &mut rates)? {
            Ruling::Refused(code, detail) => verdict.unmet.push(UnmetGuard::new("", code, detail)),
            Ruling::Free => verdict.effects.extend(approval::of(check, asked, (None, false, authority::plain(asked.value)), &verdict.warnings)),
            Ruling::Under(id, standing, amount) => {
                let used = (Some(id), standing == HeldAs::Deputy, amount);
                verdict.effects.extend(approval::of(check, asked, used, &verdict.warnings));
            }
        }
        if asked.own || !verdict.unmet.is_empty() {
            verdict.who_could = Some(approver::who(check, asked, &candidates, &rules, &mut rates)?);
        }
        Ok(verdict)
    }
}
