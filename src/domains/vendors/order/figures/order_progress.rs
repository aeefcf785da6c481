//! How far orders are received and billed.

use crate::order::{
    fulfilment::{Progress, progress},
    invoice_line::InvoiceLine,
    ordered_line::{OrderedLine, lines_of},
    purchase_order::PurchaseOrder,
    purchase_order_line::PurchaseOrderLine,
    receipt_line::ReceiptLine,
};
use rust_decimal::Decimal;
use steward_core::view::prelude::*;

/// Progress of an order, over the lines, receipts and invoices that you may see.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderProgress {
    /// Cost of the lines before tax: quantity × unit price less discount, each line rounded once; null without lines.
    pub value: Option<Money>,
    /// Progress of receipt: quantities accepted in posted receipts.
    pub receipt: Progress,
    /// Progress of billing: quantities of invoices that are not void, less those of approved credit notes.
    pub billing: Progress,
}

impl View for OrderProgress {
    const PATH: &'static str = PurchaseOrder::PATH;
    type Reads = (IfPermitted<PurchaseOrderLine>, IfPermitted<ReceiptLine>, IfPermitted<InvoiceLine>);
    type Query = Records;
    type Answer = PerRecord<Self>;

    fn run(cx: &mut Context<'_, '_>, Records(ids): Records) -> Result<PerRecord<Self>> {
        let lines = lines_of(cx, &ids)?;
        let told = ids.into_iter().map(|order| {
            let lines = lines.get(&order).map_or(&[][..], Vec::as_slice);
            let done = |of: fn(&OrderedLine) -> Decimal| progress(&lines.iter().map(|line| (line.quantity(), line.tolerance(), of(line))).collect::<Vec<_>>());
            let figures = OrderProgress { value: value(lines), receipt: done(|line| line.received), billing: done(|line| line.billed) };
            (order, figures)
        });
        Ok(told.collect())
    }
}

/// The cost of the lines of an order together; none if that of a line cannot be told.
fn value(lines: &[OrderedLine]) -> Option<Money> {
    let plus = |total: Option<Money>, amount: Option<Money>| {
        let (total, amount) = total.zip(amount)?;
        Some(Money::new(total.minor.checked_add(amount.minor)?, total.currency))
    };
    lines.iter().map(|line| line.price.amount()).reduce(plus).flatten()
}
