//! Offer lines: what is offered, item by item.

use crate::order::requisition_line::require_positive;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::{Map, Value, json};
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Currency, Label, Note, Precise, PreciseMoney, Text, Title, Whole};
use steward_core::resource::{Check, Effect, Id, Model, PartOf, Resource, Scope, ValidationErrors};
use steward_schema::vendors::{offer_lines, offers, sourcing_events};

steward_core::resource! {
    /// Item of an offer. It can be written while the offer is a draft; where the event is sealed its price goes in as `sealed_unit_price`,
    /// and becomes `unit_price` when the offer is opened.
    pub struct OfferLine {
        /// The offer.
        #[field(refers_to(&["vendors/offers"]))]
        pub offer_id: Id,
        /// Requisition line that the item answers.
        #[field(refers_to(&["vendors/requisition-lines"]))]
        pub requisition_line_id: Option<Id>,
        /// Position among the lines.
        pub line_number: Whole<1, 10_000>,
        /// Item offered.
        #[field(search)]
        pub description: Title,
        /// Part number of the maker or the vendor.
        #[field(search)]
        pub part_number: Option<Text<1, 100>>,
        /// Quantity, greater than 0.
        pub quantity: Precise,
        /// Unit of measure, such as piece, user, hour or month.
        pub unit_of_measure: Label,
        /// Unit price without tax, while sealed: write-only, never returned.
        #[field(sealed)]
        pub sealed_unit_price: Option<PreciseMoney>,
        /// Unit price without tax. In a sealed event, present once the offer is opened.
        #[field(restricted)]
        pub unit_price: Option<PreciseMoney>,
        /// Delivery time in days from the order.
        pub delivery_days: Option<Whole<0, 3650>>,
        /// True if the item is offered in addition to what was asked for, and not in its place.
        #[field(default(|| json!(false)))]
        pub optional: bool,
        /// Deviation from what was asked for.
        #[field(search)]
        pub deviation: Option<Note>,
    }
}

impl Resource for OfferLine {
    const PATH: &'static str = "vendors/offer-lines";
    type Table = steward_schema::vendors::offer_lines::table;
    const SCOPE: Scope = Scope::Within("offer_id");
    const TITLE: &'static str = "description";
    /// Of an opened offer only the seal is taken off.
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("offer_id", &["draft", "opened"]));

    fn sample() -> Self {
        OfferLine {
            offer_id: Id::sample(),
            requisition_line_id: None,
            line_number: Whole(1),
            description: "Storage shelf with 24 disks".into(),
            part_number: Some("DS-24-8TB".into()),
            quantity: Precise(2.into()),
            unit_of_measure: "piece".into(),
            sealed_unit_price: Some(PreciseMoney::sample("17900", "EUR")),
            unit_price: None,
            delivery_days: Some(Whole(35)),
            optional: false,
            deviation: Some("Disks of 8 TB instead of 6 TB.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        require_positive(self.quantity, faults);
        faults.require(self.unit_price.is_none() || self.sealed_unit_price.is_none(), "sealed_unit_price", "one_of", "Give it either sealed or open.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if is_opened(check, self.offer_id)? {
            let members = Model::to_json(self);
            let kept = check.before::<OfferLine>()?.is_some_and(|before| members == Model::to_json(before) || members == before.unsealed());
            return if kept { Ok(()) } else { Err(submitted()) };
        }
        let event = sourcing_events::table.inner_join(offers::table).filter(offers::id.eq(self.offer_id));
        let event: Option<(Id, Option<Currency>)> = event.select((sourcing_events::id, sourcing_events::currency)).first(check.connection).optional()?;
        let (event, currency) = event.map_or((None, None), |(event, currency)| (Some(event), currency));
        let given = [("unit_price", self.unit_price), ("sealed_unit_price", self.sealed_unit_price)];
        if let Some(currency) = currency
            && let Some((field, _)) = given.into_iter().find(|(_, price)| price.is_some_and(|price| price.currency != currency))
        {
            let detail = format!("Offers are compared in {} in this event. Give the price in that currency.", currency.code());
            return Err(Problem::conflict(format!("/{field}"), "currency", detail).into());
        }
        if let Some(event) = event.filter(|_| self.unit_price.is_some())
            && super::sourcing_event::is_sealed(check, event)?
        {
            let detail = "The event is sealed: nobody reads prices before it has closed. Send it as sealed_unit_price.";
            return Err(Problem::conflict("/unit_price", "sealed", detail).into());
        }
        Ok(())
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        if is_opened(check, self.offer_id)? { Err(submitted()) } else { Ok(()) }
    }
}

impl OfferLine {
    /// The same once its offer is opened.
    fn unsealed(&self) -> Map<String, Value> {
        let mut opened = self.clone();
        opened.unseal();
        Model::to_json(&opened)
    }

    /// Takes the seal off its price.
    fn unseal(&mut self) {
        self.unit_price = self.sealed_unit_price.take().or(self.unit_price);
    }
}

fn submitted() -> steward_core::error::Error {
    Problem::conflict("/offer_id", "submitted", "An offer stays as it was submitted. Record what is negotiated as a negotiation round.").into()
}

fn is_opened(check: &mut Check<'_>, offer: Id) -> Result<bool> {
    let opened = offers::table.find(offer).filter(offers::state.eq("opened"));
    Ok(select(exists(opened)).get_result(check.connection)?)
}

/// Takes the seal off all lines of the offer that is being opened.
pub fn unseal(check: &mut Check<'_>) -> Result<Vec<Effect>> {
    let sealed: Vec<Id> = offer_lines::table
        .filter(offer_lines::offer_id.eq(check.id).and(offer_lines::sealed_unit_price_currency.is_not_null()))
        .order(offer_lines::id)
        .select(offer_lines::id)
        .load(check.connection)?;
    Ok(sealed.into_iter().map(|id| Effect::update(id, OfferLine::unseal)).collect())
}
