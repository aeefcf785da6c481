//! A long story of orders, receipts, invoices and credit notes by chance: after each step the books say what the documents say.
//! `STEWARD_STORY_STEPS` sets how long it is.

use super::order::budget;
use super::{euros, go, made, qualified, second, walk};
use crate::harness::TestApp;
use crate::harness::dice::Dice;
use crate::on_both;
use serde_json::{Value, json};

/// A document of an order: its id, how much it is for, and whether it counts.
struct Document {
    id: String,
    quantity: i64,
    counts: bool,
}

/// An order of one line, as its documents say.
struct Order {
    id: String,
    line: String,
    quantity: i64,
    price: i64,
    closed: bool,
    receipts: Vec<Document>,
    invoices: Vec<Document>,
    credited: i64,
}

fn counted(documents: &[Document]) -> i64 {
    documents.iter().filter(|document| document.counts).map(|document| document.quantity).sum()
}

impl Order {
    /// What it costs by now: what is billed, less what was given back, and what came and is not billed.
    fn cost(&self) -> i64 {
        let (came, billed) = (counted(&self.receipts), counted(&self.invoices));
        (billed + (came - billed).max(0)) * self.price - self.credited
    }

    /// What it still promises.
    fn open(&self) -> i64 {
        let promised = self.quantity * self.price;
        if self.closed { 0 } else { promised - self.cost().clamp(0, promised) }
    }
}

fn written(cents: i64) -> Value {
    euros(&format!("{}.{:02}", cents / 100, cents % 100))
}

/// A story about the orders of one vendor that one budget line pays.
struct Story<'a> {
    app: &'a TestApp,
    vendor: String,
    payer: (Value, Value),
    dice: Dice,
    orders: Vec<Order>,
}

impl Story<'_> {
    async fn orders_something(&mut self) {
        let (quantity, price) = (1 + self.dice.below(9) as i64, 1 + self.dice.below(99_999) as i64);
        let code = format!("PO-{}", self.orders.len());
        let id = made(self.app, "purchase-orders", json!({"code": code, "title": code, "vendor_id": self.vendor, "currency": "EUR"})).await;
        let line = json!({"purchase_order_id": id, "position": 1, "title": "Thing", "quantity": quantity.to_string(), "unit": "piece", "unit_price": written(price),
            "matching": "none", "budget_line_id": self.payer.0, "fiscal_period_id": self.payer.1});
        let line = made(self.app, "purchase-order-lines", line).await;
        walk(self.app, "purchase-orders", &id, &["submitted", "approved", "sent"]).await;
        self.orders.push(Order { id, line, quantity, price, closed: false, receipts: Vec::new(), invoices: Vec::new(), credited: 0 });
    }

    async fn receives(&mut self, at: usize) {
        let (app, order) = (self.app, &mut self.orders[at]);
        let left = order.quantity - counted(&order.receipts);
        if left == 0 {
            return;
        }
        let quantity = 1 + self.dice.below(left as usize) as i64;
        let number = format!("DN-{at}-{}", order.receipts.len());
        let id = made(app, "receipts", json!({"vendor_id": self.vendor, "number": number, "received_on": "2026-06-10"})).await;
        made(
            app,
            "receipt-lines",
            json!({"receipt_id": id, "purchase_order_line_id": order.line, "title": "Thing", "accepted_quantity": quantity.to_string()}),
        )
        .await;
        assert_eq!(go(app, "receipts", &id, "posted").await.status, 200);
        order.receipts.push(Document { id, quantity, counts: true });
    }

    async fn bills(&mut self, at: usize) {
        let order = &self.orders[at];
        let left = order.quantity - order.invoices.iter().map(|invoice| invoice.quantity).sum::<i64>();
        if left == 0 {
            return;
        }
        let quantity = 1 + self.dice.below(left as usize) as i64;
        let number = format!("R-{at}-{}", order.invoices.len());
        let id = self.writes(at, &number, "invoice", quantity, None).await;
        self.orders[at].invoices.push(Document { id, quantity, counts: true });
    }

    /// An approved invoice or credit note.
    async fn writes(&self, at: usize, number: &str, kind: &str, quantity: i64, corrects: Option<&str>) -> String {
        let (app, order) = (self.app, &self.orders[at]);
        let net = written(quantity * order.price);
        let id = json!({"vendor_id": self.vendor, "kind": kind, "number": number, "invoiced_on": "2026-06-10", "received_on": "2026-06-11", "corrects_id": corrects,
            "net": net, "tax": euros("0.00"), "gross": net});
        let id = made(app, "invoices", id).await;
        let line = json!({"invoice_id": id, "position": 1, "title": "Thing", "quantity": quantity.to_string(), "unit_price": written(order.price), "net": net, "purchase_order_line_id": order.line});
        made(app, "invoice-lines", line).await;
        walk(app, "invoices", &id, &["matched", "approved"]).await;
        id
    }

    async fn steps(&mut self) {
        if self.orders.is_empty() || self.dice.in_ten(2) {
            return self.orders_something().await;
        }
        let at = self.dice.below(self.orders.len());
        match self.dice.below(7) {
            0 | 1 => self.receives(at).await,
            2 | 3 => self.bills(at).await,
            4 => {
                let open: Vec<usize> = (0..self.orders[at].receipts.len()).filter(|receipt| self.orders[at].receipts[*receipt].counts).collect();
                if !open.is_empty() {
                    let receipt = *self.dice.one_of(&open);
                    let receipt = &mut self.orders[at].receipts[receipt];
                    assert_eq!(go(self.app, "receipts", &receipt.id, "reversed").await.status, 200);
                    receipt.counts = false;
                }
            }
            5 => {
                // Held, and after that void or approved once more.
                let open: Vec<usize> = (0..self.orders[at].invoices.len()).filter(|invoice| self.orders[at].invoices[*invoice].counts).collect();
                if !open.is_empty() && self.orders[at].credited == 0 {
                    let (invoice, gives_up) = (*self.dice.one_of(&open), self.dice.in_ten(5));
                    let invoice = &mut self.orders[at].invoices[invoice];
                    assert_eq!(go(self.app, "invoices", &invoice.id, "on_hold").await.status, 200);
                    if gives_up {
                        assert_eq!(go(self.app, "invoices", &invoice.id, "void").await.status, 200);
                        (invoice.counts, invoice.quantity) = (false, 0);
                    } else {
                        walk(self.app, "invoices", &invoice.id, &["received", "matched", "approved"]).await;
                    }
                }
            }
            _ if self.dice.in_ten(3) && !self.orders[at].closed => {
                assert_eq!(go(self.app, "purchase-orders", &self.orders[at].id, "closed").await.status, 200);
                self.orders[at].closed = true;
            }
            _ => {
                let whole = self.orders[at].invoices.iter().find(|invoice| invoice.counts).map(|invoice| (invoice.id.clone(), invoice.quantity));
                if let Some((invoice, quantity)) = whole.filter(|_| self.orders[at].credited == 0) {
                    self.writes(at, &format!("N-{at}"), "credit_note", quantity, Some(&invoice)).await;
                    self.orders[at].credited = quantity * self.orders[at].price;
                }
            }
        }
    }

    /// What is booked and what is promised on the budget line, in cents, by the books and by the documents.
    async fn compared(&self) -> ((i64, i64), (i64, i64)) {
        let path = format!("/api/v1/finance/budget-lines/{}/position", self.payer.0.as_str().unwrap());
        let position = self.app.get(&self.app.admin, &path).await.body;
        let cents = |name: &str| position[name]["amount"].as_str().unwrap_or_else(|| panic!("{position}")).replace('.', "").parse::<i64>().unwrap();
        let sum = |of: fn(&Order) -> i64| self.orders.iter().map(of).sum::<i64>();
        ((cents("actual"), cents("open_commitments")), (sum(Order::cost), sum(Order::open)))
    }
}

/// A story that has not begun.
async fn story(app: &TestApp) -> Story<'_> {
    let (vendor, payer) = (qualified(app, "V").await, budget(app).await);
    assert_eq!(second(app, "vendors", &vendor, "active").await.status, 200);
    Story { app, vendor, payer, dice: Dice(20_260_615), orders: Vec::new() }
}

on_both! {
    what_is_given_back_after_an_order_is_closed_is_promised_no_more(app) {
        let mut story = story(app).await;
        story.orders_something().await;
        while counted(&story.orders[0].receipts) < story.orders[0].quantity {
            story.receives(0).await;
        }
        assert_eq!(go(app, "purchase-orders", &story.orders[0].id, "closed").await.status, 200);
        story.orders[0].closed = true;
        story.bills(0).await;
        let (invoice, quantity) = (story.orders[0].invoices[0].id.clone(), story.orders[0].invoices[0].quantity);
        story.writes(0, "N", "credit_note", quantity, Some(&invoice)).await;
        story.orders[0].credited = quantity * story.orders[0].price;
        let (books, documents) = story.compared().await;
        assert_eq!(books, documents);
        assert_eq!(books.1, 0);
    }

    the_books_say_what_the_documents_say_after_every_step(app) {
        let steps = std::env::var("STEWARD_STORY_STEPS").ok().and_then(|steps| steps.parse().ok()).unwrap_or(80);
        let mut story = story(app).await;
        for step in 0..steps {
            story.steps().await;
            let (books, documents) = story.compared().await;
            assert_eq!(books, documents, "booked and promised after step {step}");
        }
        assert!(story.orders.len() > steps / 20);
    }
}
