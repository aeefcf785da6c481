//! Impairments: when an asset is worth less than its books say, and by how much it is written down.

use super::book_value::Valued;
use super::impairment_losses::{RECOGNIZED, valued_asset};
use diesel::dsl::min;
use diesel::prelude::*;
use steward_core::access::person_of;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Currency, Date, Money, Note};
use steward_core::resource::{Cause, Check, Guard, Id, Lifecycle, Lock, Move, Resource, Scope, StateException, UnmetGuard, ValidationErrors};
use steward_schema::infrastructure::asset_impairments;

steward_core::resource! {
    /// Impairment of an asset (IAS 36): its book value is more than can be recovered by use or sale. The recognition, by somebody else than
    /// its author, writes the asset down to the recoverable amount; what is left is then spread over the remaining life. A wrong one is
    /// voided, with the reason, and counts no longer.
    pub struct AssetImpairment {
        /// Impaired asset.
        #[field(refers_to(&["infrastructure/assets"]), fixed)]
        pub asset_id: Id,
        /// Day at whose end the loss counts, from the entry of the asset into service to the day before its disposal.
        #[field(happened)]
        pub impaired_on: Date,
        /// Recoverable amount: the higher of fair value less costs of disposal and value in use. In the currency of the cost, at least 0 and
        /// below the book value at the end of that day.
        pub recoverable_amount: Money,
        /// Impairment loss: book value at the end of that day less the recoverable amount, set by the move to `recognized`; null before.
        #[field(read_only)]
        pub loss: Option<Money>,
        /// Indication of the impairment, and how the recoverable amount was determined; required for `recognized`.
        #[field(search)]
        pub reason: Option<Note>,
        /// Evidence of the recoverable amount, such as an appraisal.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
        /// Person who recognised it, set by the move to `recognized`; null before, or if the account is linked to no person.
        #[field(refers_to(&["teams/people"]), read_only)]
        pub approver_id: Option<Id>,
        /// Reason why it is void, such as the impairment that replaces it; required for `voided`.
        #[field(search)]
        pub void_reason: Option<Note>,
        /// Person who voided it, set by the move to `voided`; null before, or if the account is linked to no person.
        #[field(refers_to(&["teams/people"]), read_only)]
        pub voider_id: Option<Id>,
    }
}

impl Resource for AssetImpairment {
    const PATH: &'static str = "infrastructure/asset-impairments";
    type Table = steward_schema::infrastructure::asset_impairments::table;
    const SCOPE: Scope = Scope::Within("asset_id");
    const TITLE: &'static str = "impaired_on";
    const GUARDS: &'static [Guard] = &[Guard::set(&["recognized"], &["reason"]), Guard::set(&["voided"], &["void_reason"])];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const STATE_EXCEPTIONS: &'static [StateException] =
        &[StateException::editable(&["recognized"], &["void_reason"], "An impairment recognised wrongly is voided, with the reason, and recorded anew.")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→recognized:recognize→voided:void").given_up(&["voided"]).settled(&["recognized"]).approving(&["recognize"]))
    }

    fn sample() -> Self {
        AssetImpairment {
            asset_id: Id::sample(),
            impaired_on: Date::sample("2024-12-31"),
            recoverable_amount: Money::sample("2500.00", "EUR"),
            loss: Some(Money::sample("500.00", "EUR")),
            reason: Some("Its successor does the same for a third of the power; 2,500 is what a dealer pays for it.".into()),
            file_id: None,
            approver_id: None,
            void_reason: Some("The offer was for two of them; recorded anew.".into()),
            voider_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.recoverable_amount.minor >= 0, "recoverable_amount", "range", "A recoverable amount is not negative.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.asset_id)]
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let mut unmet: Vec<UnmetGuard> = self.unmet_by_order(step, check)?.into_iter().collect();
        if step.to == RECOGNIZED {
            unmet.extend(self.measured(check)?.err().map(|unmet| *unmet));
        }
        Ok(unmet)
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let person = match cause.to() {
            Some("recognized" | "voided") => person_of(check.connection, check.actor)?,
            _ => return Ok(None),
        };
        if cause.to() == Some("voided") {
            return Ok(Some(AssetImpairment { voider_id: person, ..self.clone() }));
        }
        Ok(Some(AssetImpairment { loss: self.measured(check)?.ok(), approver_id: person, ..self.clone() }))
    }
}

impl AssetImpairment {
    /// The objection to a move where a later impairment of the asset was recognised: its loss follows from those before. Of several on a
    /// day each is of less than the one before.
    fn unmet_by_order(&self, step: &Move, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
        let recognized = asset_impairments::table
            .filter(asset_impairments::asset_id.eq(self.asset_id).and(asset_impairments::state.eq(RECOGNIZED)))
            .filter(asset_impairments::id.ne(check.id));
        let on_the_day = asset_impairments::impaired_on.eq(self.impaired_on);
        let below = on_the_day.and(asset_impairments::recoverable_amount_amount.lt(self.recoverable_amount.minor));
        let later: Option<Date> = recognized
            .filter(asset_impairments::impaired_on.gt(self.impaired_on).or(below))
            .order(asset_impairments::impaired_on.desc())
            .select(asset_impairments::impaired_on)
            .first(check.connection)
            .optional()?;
        Ok(later.map(|later| {
            let remedy = if step.to == RECOGNIZED { "Void that first, or recognise this one on a later day." } else { "Void that first." };
            let detail = format!("An impairment of the asset on {later} is recognised, and its loss rests on those before. {remedy}");
            UnmetGuard::new("/impaired_on", "order", detail)
        }))
    }

    /// The loss of its recognition, or what is missing for that.
    fn measured(&self, check: &mut Check<'_>) -> Result<std::result::Result<Money, Box<UnmetGuard>>> {
        Ok(match valued_asset(check.connection, self.asset_id)? {
            Some(valued) => loss(&valued, self.impaired_on, self.recoverable_amount),
            None => Err(Box::new(UnmetGuard::new("/asset_id", "reference", "There is no such asset."))),
        })
    }
}

/// The loss of an asset that is worth no more than an amount at the end of a day, or why there is none.
fn loss(valued: &Valued, on: Date, recoverable: Money) -> std::result::Result<Money, Box<UnmetGuard>> {
    let worth = valued.worth(on).map_err(|reason| UnmetGuard::new("/asset_id", "no_book_value", reason))?;
    let unmet = |pointer: &str, code: &str, detail: String| Err(Box::new(UnmetGuard::new(pointer, code, detail)));
    match (valued.in_service_on(), valued.leaves_on()) {
        (None, _) => return unmet("/asset_id", "in_service", "The asset is not in service yet. Say in its in_service_on when it was.".to_owned()),
        (Some(begins), _) if on < begins => {
            return unmet("/impaired_on", "before_service", format!("The asset went into service on {begins}. Choose that day or a later one."));
        }
        (_, Some(left)) if left <= on => return unmet("/impaired_on", "after_disposal", format!("The asset left on {left}. Choose a day before.")),
        _ => {}
    }
    if recoverable.currency != worth.cost.currency {
        let detail = format!("The asset cost {}. Give the recoverable amount in {}.", worth.cost, worth.cost.currency.code());
        return unmet("/recoverable_amount/currency", "currency", detail);
    }
    match worth.book_value.minor.checked_sub(recoverable.minor) {
        Some(minor @ 1..) => Ok(Money::new(minor, recoverable.currency)),
        _ => {
            let book_value = worth.book_value;
            let detail = format!("The book value at the end of {on} is {book_value}, and the recoverable amount {recoverable} is no less: there is no loss.");
            unmet("/recoverable_amount", "no_loss", detail)
        }
    }
}

/// Refuses to change the currency of the cost of an asset of which a loss in that currency is recognised (409).
pub fn require_currency_of_losses(check: &mut Check<'_>, before: Option<Currency>, after: Option<Currency>) -> Result<()> {
    let Some(known) = before.filter(|known| Some(*known) != after) else { return Ok(()) };
    let losses = asset_impairments::table.filter(asset_impairments::asset_id.eq(check.id).and(asset_impairments::state.eq(RECOGNIZED)));
    let on: Option<Date> = losses.select(asset_impairments::impaired_on).first(check.connection).optional()?;
    match on {
        Some(on) => {
            let detail = format!("An impairment of {on} is recognised in {}. Void it before the cost is given in another currency.", known.code());
            Err(Problem::conflict("/cost/currency", "impaired", detail).into())
        }
        None => Ok(()),
    }
}

/// Refuses to change the day of entry into service of an asset of which a loss is recognised on a day before (409).
pub fn require_service_before_losses(check: &mut Check<'_>, before: Option<Date>, after: Option<Date>) -> Result<()> {
    if before == after {
        return Ok(());
    }
    let losses = asset_impairments::table.filter(asset_impairments::asset_id.eq(check.id).and(asset_impairments::state.eq(RECOGNIZED)));
    let first: Option<Date> = losses.select(min(asset_impairments::impaired_on)).first(check.connection)?;
    match first.filter(|first| after.is_none_or(|after| *first < after)) {
        Some(on) => {
            let detail = format!("An impairment of {on} is recognised. Void it before the asset goes into service later than that.");
            Err(Problem::conflict("/in_service_on", "impaired", detail).into())
        }
        None => Ok(()),
    }
}
