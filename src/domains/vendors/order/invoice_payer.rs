//! Who pays the lines of an invoice: what they name themselves, else what their order or their contract says.

use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::resource::value::{Money, Percent, Precise, Title};
use steward_core::resource::{Check, Id};
use steward_schema::vendors::{contract_lines, invoice_lines, purchase_order_lines, purchase_orders};

/// A line of an invoice, with what its order and its contract say of who pays.
#[derive(Queryable)]
pub struct Line {
    /// Its id.
    pub id: Id,
    /// Its position.
    pub position: i64,
    /// What it is for.
    pub title: Title,
    /// The quantity.
    pub quantity: Precise,
    /// The amount before tax.
    pub net: Money,
    /// The tax, in percent.
    pub tax_percent: Option<Percent>,
    /// The budget line and the period that it names itself.
    pub own: Payer,
    /// The order line that it bills.
    pub order_line: Option<Id>,
    /// The contract line that it bills.
    pub contract_line: Option<Id>,
    cost_center: Option<Id>,
}

/// A budget line and its period.
pub type Payer = (Option<Id>, Option<Id>);

/// The budget line and the cost center that bear a line: those that it names itself, else those of its order, else those of its contract.
pub struct Bearer {
    /// The budget line.
    pub budget_line: Option<Id>,
    /// The cost center.
    pub cost_center: Option<Id>,
    /// The period in which the order or the contract expects the cost.
    pub expected_period: Option<Id>,
    /// The period that the line itself names.
    pub named_period: Option<Id>,
}

impl Bearer {
    /// The budget line, and the cost center where there is none.
    pub fn payer(&self) -> (Option<Id>, Option<Id>) {
        (self.budget_line, self.cost_center.filter(|_| self.budget_line.is_none()))
    }
}

/// The lines of an invoice, in their order.
pub fn lines(check: &mut Check<'_>, invoice: Id) -> Result<Vec<Line>> {
    Ok(invoice_lines::table
        .filter(invoice_lines::invoice_id.eq(invoice))
        .order((invoice_lines::position, invoice_lines::id))
        .select((
            invoice_lines::id,
            invoice_lines::position,
            invoice_lines::title,
            (invoice_lines::quantity_units, invoice_lines::quantity_pico),
            (invoice_lines::net_amount, invoice_lines::net_currency),
            invoice_lines::tax_percent,
            (invoice_lines::budget_line_id, invoice_lines::fiscal_period_id),
            invoice_lines::purchase_order_line_id,
            invoice_lines::contract_line_id,
            invoice_lines::cost_center_id,
        ))
        .load(check.connection)?)
}

/// The payers of order lines and of contract lines.
#[derive(Default)]
pub struct Payers {
    /// Of order lines, with the cost center of the order.
    ordered: HashMap<Id, (Payer, Option<Id>)>,
    /// Of contract lines.
    contracted: HashMap<Id, Payer>,
}

impl Payers {
    /// Those of the lines that some invoice lines bill.
    pub fn find(check: &mut Check<'_>, lines: &[Line]) -> Result<Payers> {
        let mut payers = Payers::default();
        for chunk in lines.chunks(CHUNK) {
            let named = chunk.iter().filter_map(|line| line.order_line);
            let ordered = purchase_order_lines::table.inner_join(purchase_orders::table).filter(purchase_order_lines::id.eq_any(named));
            let paid = ((purchase_order_lines::budget_line_id, purchase_order_lines::fiscal_period_id), purchase_orders::cost_center_id);
            payers.ordered.extend(ordered.select((purchase_order_lines::id, paid)).load::<(Id, (Payer, Option<Id>))>(check.connection)?);
            let named = chunk.iter().filter_map(|line| line.contract_line);
            let paid = (contract_lines::budget_line_id, contract_lines::fiscal_period_id);
            let contracted = contract_lines::table.filter(contract_lines::id.eq_any(named)).select((contract_lines::id, paid));
            payers.contracted.extend(contracted.load::<(Id, Payer)>(check.connection)?);
        }
        Ok(payers)
    }
}

impl Payers {
    /// Who bears a line.
    pub fn bearer(&self, line: &Line) -> Bearer {
        let (mut payer, of_order) = line.order_line.and_then(|line| self.ordered.get(&line)).copied().unwrap_or_default();
        if payer.0.is_none()
            && let Some(contract_line) = line.contract_line
        {
            payer = self.contracted.get(&contract_line).copied().unwrap_or_default();
        }
        let (own_line, own_period) = line.own;
        Bearer {
            budget_line: own_line.or(payer.0),
            cost_center: line.cost_center.or(of_order),
            named_period: own_period,
            expected_period: if own_line.is_some() { None } else { payer.1 },
        }
    }
}
