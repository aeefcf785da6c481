//! From the requisition to next year's budget, by six people who each do their own part.

use super::{euros, merge};
use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};

/// Somebody at work.
struct Person<'a> {
    app: &'a TestApp,
    actor: Actor,
}

impl<'a> Person<'a> {
    async fn of(app: &'a TestApp, role: &str) -> Person<'a> {
        let actor = app.actor(role, None).await;
        app.person_of(actor.id.unwrap()).await;
        Person { app, actor }
    }

    /// Makes a record.
    async fn makes(&self, collection: &str, body: Value) -> String {
        let made = self.app.post(&self.actor, &format!("/api/v1/{collection}"), &body).await;
        assert_eq!(made.status, 201, "{collection}: {}", made.text);
        made.id()
    }

    /// Moves a record through states.
    async fn moves(&self, collection: &str, id: &str, states: &[&str]) {
        for state in states {
            let moved = self.app.transition(&self.actor, &format!("/api/v1/{collection}/{id}"), state).await;
            assert_eq!(moved.status, 200, "{collection} {state}: {}", moved.text);
        }
    }

    /// May not move a record to a state.
    async fn may_not(&self, collection: &str, id: &str, state: &str) {
        let refused = self.app.transition(&self.actor, &format!("/api/v1/{collection}/{id}"), state).await;
        assert!(matches!(refused.status, 403 | 404), "{collection} {state}: {}", refused.text);
    }

    async fn reads(&self, path: &str) -> Value {
        let answer = self.app.get(&self.actor, &format!("/api/v1/{path}")).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.body
    }

    /// What is booked, promised and available of a budget.
    async fn sees_of(&self, budget: &str) -> [String; 3] {
        let position = self.reads(&format!("finance/budgets/{budget}/position")).await;
        ["actual", "open_commitments", "available"].map(|name| position[name]["amount"].as_str().unwrap().to_owned())
    }
}

fn invoice(vendor: &str, number: &str, net: &str, more: Value) -> Value {
    let mut body = json!({"vendor_id": vendor, "kind": "invoice", "number": number, "invoiced_on": "2026-06-10", "received_on": "2026-06-12",
        "net": euros(net), "tax": euros("0.00"), "gross": euros(net)});
    merge(&mut body, more);
    body
}

on_both! {
    what_somebody_needs_is_bought_paid_and_planned_for_the_next_year(app) {
        let [manager, requester, buyer] = [Person::of(app, "it_manager").await, Person::of(app, "project_manager").await, Person::of(app, "vendor_manager").await];
        let [keeper, controller, auditor] = [Person::of(app, "infrastructure_manager").await, Person::of(app, "finance_manager").await, Person::of(app, "auditor").await];

        // The controller opens the year and its budget, which the manager approves.
        let year = controller.makes("finance/fiscal-years", json!({"code": "FY26", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"})).await;
        let periods = app.post(&controller.actor, &format!("/api/v1/finance/fiscal-years/{year}/make-periods"), &json!({})).await.body["data"].clone();
        let period = |number: usize| periods[number - 1]["id"].as_str().unwrap().to_owned();
        let center = controller.makes("finance/cost-centers", json!({"code": "CC", "name": "Operations"})).await;
        let category = controller.makes("finance/cost-categories", json!({"code": "HW", "name": "Hardware", "kind": "capex"})).await;
        let control = json!({"requisition": "block", "order": "block", "invoice": "block", "allocation": "block", "basis": "annual", "tolerance_percent": 0});
        let budget = json!({"name": "Operations", "scope_id": center, "fiscal_year_id": year, "currency": "EUR", "control": control});
        let budget = controller.makes("finance/budgets", budget).await;
        let line = controller.makes("finance/budget-lines", json!({"budget_id": budget, "name": "Servers", "cost_category_id": category, "amount": euros("10000.00")})).await;
        controller.moves("finance/budgets", &budget, &["submitted"]).await;
        manager.moves("finance/budgets", &budget, &["approved"]).await;
        controller.moves("finance/budgets", &budget, &["active"]).await;

        // Requisition: what is asked for is reserved when the manager approves it.
        let payer = json!({"budget_line_id": line, "fiscal_period_id": period(6)});
        let requisition = requester.makes("vendors/requisitions", json!({"code": "REQ-1", "name": "Servers"})).await;
        let mut wanted = json!({"requisition_id": requisition, "line_number": 1, "description": "Server", "kind": "hardware", "quantity": "10", "unit_of_measure": "piece", "unit_price": euros("900.00")});
        merge(&mut wanted, payer.clone());
        let wanted = requester.makes("vendors/requisition-lines", wanted).await;
        requester.moves("vendors/requisitions", &requisition, &["submitted"]).await;
        requester.may_not("vendors/requisitions", &requisition, "approved").await;
        manager.moves("vendors/requisitions", &requisition, &["approved"]).await;
        assert_eq!(controller.sees_of(&budget).await, ["0.00", "9000.00", "1000.00"]);

        // Tender: the buyer asks for offers; the manager approves the award.
        let vendor = buyer.makes("vendors/vendors", json!({"code": "V", "name": "Rijn Servers"})).await;
        buyer.moves("vendors/vendors", &vendor, &["onboarding", "qualified"]).await;
        let event = json!({"code": "RFQ-1", "name": "Servers", "kind": "rfq", "description": "Ten servers.", "deadline_at": "2026-06-15T09:00:00Z", "requisition_id": requisition, "currency": "EUR"});
        let event = buyer.makes("vendors/sourcing-events", event).await;
        buyer.makes("vendors/criteria", json!({"sourcing_event_id": event, "name": "Price", "kind": "price", "weight": 100})).await;
        buyer.moves("vendors/sourcing-events", &event, &["published", "open"]).await;
        let offer = json!({"sourcing_event_id": event, "vendor_id": vendor, "reference": "O-1", "received_at": "2026-06-15T08:00:00Z", "price": euros("8800.00")});
        let offer = buyer.makes("vendors/offers", offer).await;
        buyer.moves("vendors/offers", &offer, &["submitted"]).await;
        buyer.moves("vendors/sourcing-events", &event, &["closed"]).await;
        buyer.moves("vendors/offers", &offer, &["opened", "qualified", "evaluated", "shortlisted"]).await;
        buyer.moves("vendors/sourcing-events", &event, &["evaluating", "award_pending"]).await;
        let award = buyer.makes("vendors/awards", json!({"offer_id": offer})).await;
        buyer.moves("vendors/awards", &award, &["proposed"]).await;
        manager.moves("vendors/awards", &award, &["approved"]).await;

        // Order: it commits in place of the requisition.
        let order = json!({"code": "PO-1", "title": "Servers", "vendor_id": vendor, "currency": "EUR", "award_id": award, "requisition_id": requisition});
        let order = buyer.makes("vendors/purchase-orders", order).await;
        let mut ordered = json!({"purchase_order_id": order, "position": 1, "title": "Server", "quantity": "10", "unit": "piece", "unit_price": euros("880.00"), "requisition_line_id": wanted});
        merge(&mut ordered, payer.clone());
        let ordered = buyer.makes("vendors/purchase-order-lines", ordered).await;
        buyer.moves("vendors/purchase-orders", &order, &["submitted"]).await;
        keeper.may_not("vendors/purchase-orders", &order, "approved").await;
        controller.moves("vendors/purchase-orders", &order, &["approved"]).await;
        buyer.moves("vendors/purchase-orders", &order, &["sent"]).await;
        assert_eq!(controller.sees_of(&budget).await, ["0.00", "8800.00", "1200.00"]);

        // Partial receipt: what came is a cost.
        let receipt = keeper.makes("vendors/receipts", json!({"vendor_id": vendor, "purchase_order_id": order, "number": "DN-1", "received_on": "2026-06-09"})).await;
        keeper.makes("vendors/receipt-lines", json!({"receipt_id": receipt, "purchase_order_line_id": ordered, "title": "Server", "accepted_quantity": "6"})).await;
        keeper.moves("vendors/receipts", &receipt, &["posted"]).await;
        assert_eq!(controller.sees_of(&budget).await, ["5280.00", "3520.00", "1200.00"]);

        // An invoice that is ten euros a piece too high is disputed, then booked with the credit note that mends it.
        let account = json!({"vendor_id": vendor, "holder": "Rijn Servers", "iban": "NL91ABNA0417164300", "verification": "Called them at the number of the contract.", "checked_on": "2026-06-12"});
        let account = buyer.makes("vendors/bank-accounts", account).await;
        controller.moves("vendors/bank-accounts", &account, &["verified"]).await;
        let billed = controller.makes("vendors/invoices", invoice(&vendor, "R-1", "5340.00", json!({"purchase_order_id": order, "bank_account_id": account, "exception": "Ten euros a piece too much."}))).await;
        let part = |of: &str, price: &str, net: &str| json!({"invoice_id": of, "position": 1, "title": "Server", "quantity": "6", "unit_price": euros(price), "net": euros(net), "purchase_order_line_id": ordered});
        controller.makes("vendors/invoice-lines", part(&billed, "890.00", "5340.00")).await;
        let wrong = app.transition(&controller.actor, &format!("/api/v1/vendors/invoices/{billed}"), "matched").await;
        assert_eq!((wrong.status, wrong.broken()), (409, vec!["/net price".to_owned()]), "{}", wrong.text);
        controller.moves("vendors/invoices", &billed, &["exception", "disputed"]).await;
        assert_eq!(controller.sees_of(&budget).await, ["5280.00", "3520.00", "1200.00"], "nothing is booked of it yet");
        controller.moves("vendors/invoices", &billed, &["received", "exception"]).await;
        manager.moves("vendors/invoices", &billed, &["approved"]).await;
        assert_eq!(controller.sees_of(&budget).await, ["5340.00", "3460.00", "1200.00"]);
        let note = invoice(&vendor, "N-1", "60.00", json!({"kind": "credit_note", "corrects_id": billed, "purchase_order_id": order}));
        let note = controller.makes("vendors/invoices", note).await;
        controller.makes("vendors/invoice-lines", part(&note, "10.00", "60.00")).await;
        controller.moves("vendors/invoices", &note, &["matched"]).await;
        manager.moves("vendors/invoices", &note, &["approved"]).await;
        assert_eq!(controller.sees_of(&budget).await, ["5280.00", "3520.00", "1200.00"]);

        // Payment: the note settles its part. Who entered or approved the invoice posts nothing of it.
        let offset = json!({"invoice_id": billed, "paid_on": "2026-06-14", "amount": euros("60.00"), "method": "offset", "credit_note_id": note});
        let offset = controller.makes("vendors/payments", offset).await;
        let transfer = json!({"invoice_id": billed, "paid_on": "2026-06-14", "amount": euros("5280.00"), "reference": "June run"});
        let transfer = controller.makes("vendors/payments", transfer).await;
        for who in [&manager, &controller] {
            let refused = app.transition(&who.actor, &format!("/api/v1/vendors/payments/{transfer}"), "posted").await;
            assert_eq!(refused.status, 409, "{}", refused.text);
            assert!(refused.broken().contains(&" separation_of_duties".to_owned()), "{}", refused.text);
        }
        keeper.may_not("vendors/payments", &transfer, "posted").await;
        buyer.moves("vendors/payments", &offset, &["posted"]).await;
        let part = controller.reads(&format!("vendors/invoices/{billed}")).await;
        assert_eq!((&part["state"], &part["paid_on"]), (&json!("partially_paid"), &Value::Null));
        buyer.moves("vendors/payments", &transfer, &["posted"]).await;
        for document in [&billed, &note] {
            let paid = controller.reads(&format!("vendors/invoices/{document}")).await;
            assert_eq!((&paid["state"], &paid["paid_on"]), (&json!("paid"), &json!("2026-06-14")));
        }
        // The rest is not wanted any more.
        buyer.moves("vendors/purchase-orders", &order, &["closed"]).await;
        assert_eq!(controller.sees_of(&budget).await, ["5280.00", "0.00", "4720.00"]);

        // The periods close in their order, and take nothing any more.
        let closing = controller.reads(&format!("finance/fiscal-periods/{}/closing", period(6))).await;
        assert_eq!(closing["open"], json!(0), "{closing}");
        for number in 1..=12 {
            controller.moves("finance/fiscal-periods", &period(number), &["soft_closed", "closed"]).await;
        }
        let asked = json!({"budget_line_id": line, "period": 6, "amount": euros("1.00"), "event": "order"});
        let late = app.post(&buyer.actor, "/api/v1/finance/funds-checks", &asked).await;
        assert_eq!((late.status, &late.body["verdict"]), (200, &json!("block")), "{}", late.text);

        // Next year's budget follows from this one.
        let next = controller.makes("finance/fiscal-years", json!({"code": "FY27", "name": "2027", "starts_on": "2027-01-01", "ends_on": "2027-12-31"})).await;
        app.post(&controller.actor, &format!("/api/v1/finance/fiscal-years/{next}/make-periods"), &json!({})).await;
        let proposed = controller.reads(&format!("finance/next-year-budget?fiscal_year_id={next}")).await;
        assert_eq!((&proposed["data"][0]["amount"], &proposed["data"][0]["provenance"]["kind"]), (&euros("5280.00"), &json!("outlook")), "{proposed}");
        let drafted = app.post(&controller.actor, "/api/v1/finance/next-year-budget/draft", &json!({"fiscal_year_id": next, "scope_id": center})).await;
        assert_eq!((drafted.status, &drafted.body["state"]), (201, &json!("draft")), "{}", drafted.text);

        // The auditor finds each step in the ledger, and writes none.
        let ledger = auditor.reads("finance/cost-entries?sort=created_at&limit=100").await;
        let told: Vec<_> = ledger["data"].as_array().unwrap().iter().map(|entry| (entry["source"].as_str().unwrap(), entry["net"]["amount"].as_str().unwrap())).collect();
        assert_eq!(told, [("accrual", "5280.00"), ("accrual", "-5280.00"), ("invoice", "5340.00"), ("invoice", "-60.00")]);
        auditor.may_not("vendors/invoices", &billed, "void").await;
    }
}
