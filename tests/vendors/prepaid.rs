//! What is paid in advance: it becomes cost over the months for which it is paid, and goes back as it came.

use super::books::{amounts, stands, states};
use super::order::{budget, held_budget};
use super::purchase::{billed, ordered, received};
use super::{euros, merge, qualified, read, refused, second, told, walk};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

/// An order of two servers at 880 euros and the matched prepayment invoice for them, for ten months from June on.
async fn asked_in_advance(app: &TestApp, vendor: &str, payer: &Value) -> (String, String) {
    let (_, line) = ordered(app, vendor, "2", payer.clone()).await;
    let servers = json!({"quantity": "2", "unit_price": euros("880.00"), "purchase_order_line_id": line});
    let advance = json!({"kind": "prepayment", "service_starts_on": "2026-06-01", "service_ends_on": "2027-03-31"});
    let invoice = billed(app, vendor, "P-1", "1760.00", servers, advance).await;
    walk(app, "invoices", &invoice, &["matched"]).await;
    (invoice, line)
}

/// The prepayments, the oldest first: amount, invoiced, state.
async fn prepayments(app: &TestApp) -> Vec<(String, String, String)> {
    let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
    let page = app.get(&admin, "/api/v1/finance/prepayments?sort=created_at").await;
    assert_eq!(page.status, 200, "{}", page.text);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let told = |one: &Value| (text(&one["amount"]["amount"]), text(&one["invoiced"]["amount"]), text(&one["state"]));
    page.body["data"].as_array().unwrap().iter().map(told).collect()
}

fn one(amount: &str, invoiced: &str, state: &str) -> (String, String, String) {
    (amount.to_owned(), invoiced.to_owned(), state.to_owned())
}

/// The number of months in each of some states.
async fn months(app: &TestApp, names: [&str; 3]) -> Vec<i64> {
    let mut counts = Vec::new();
    for state in names {
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let page = app.get(&admin, &format!("/api/v1/finance/prepayment-months?state={state}&include_total=true")).await;
        counts.push(page.body["total_count"].as_i64().unwrap_or_else(|| panic!("{}", page.text)));
    }
    counts
}

const STATES: [&str; 3] = ["planned", "posted", "reversed"];

on_both! {
    what_is_paid_in_advance_becomes_cost_month_by_month_also_over_a_year_end(app) {
        let (vendor, (paid_by, period)) = (qualified(app, "V").await, budget(app).await);
        let payer = json!({"budget_line_id": paid_by, "fiscal_period_id": period});
        let (invoice, line) = asked_in_advance(app, &vendor, &payer).await;
        assert_eq!(stands(app, &paid_by).await, amounts("0.00", "1760.00"), "the order commits");
        walk(app, "invoices", &invoice, &["approved"]).await;
        // Ten months of 176: seven of 2026 are bound until they book, three of 2027 are not of this budget.
        assert_eq!(states(app, &line).await, [("1760.00".to_owned(), "relieved".to_owned())]);
        assert_eq!(stands(app, &paid_by).await, amounts("0.00", "1232.00"));
        assert_eq!((prepayments(app).await, months(app, STATES).await), (vec![one("1760.00", "1760.00", "active")], vec![10, 0, 0]));
        app.worker.work_off().await.unwrap();
        assert_eq!(stands(app, &paid_by).await, amounts("176.00", "1056.00"), "June has come");
        // What comes is paid already: it is no cost once more.
        received(app, &vendor, &line, "2").await;
        assert_eq!(stands(app, &paid_by).await, amounts("176.00", "1056.00"));

        let next = app.make("finance/fiscal-years", &json!({"code": "FY27", "name": "2027", "starts_on": "2027-01-01", "ends_on": "2027-12-31"})).await["id"].clone();
        let whole = json!({"fiscal_year_id": next, "number": 1, "name": "All", "starts_on": "2027-01-01", "ends_on": "2027-12-31"});
        app.make("finance/fiscal-periods", &whole).await;
        app.clock.set(steward::resource::value::Instant::parse("2027-04-02T09:00:00Z").unwrap());
        app.worker.work_off().await.unwrap();
        assert_eq!((prepayments(app).await, months(app, STATES).await), (vec![one("1760.00", "1760.00", "completed")], vec![0, 10, 0]));
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let entries = app.get(&admin, "/api/v1/finance/cost-entries?source=prepayment&sort=posted_on&limit=50").await.body["data"].clone();
        let booked: Vec<_> = entries.as_array().unwrap().iter().map(|each| (each["posted_on"].as_str().unwrap(), each["net"]["amount"].as_str().unwrap(), each["budget_line_id"].is_null())).collect();
        assert_eq!((booked.len(), booked[0], booked[6], booked[7], booked[9]), (10, ("2026-06-01", "176.00", false), ("2026-12-01", "176.00", false), ("2027-01-01", "176.00", true), ("2027-03-01", "176.00", true)));
        let whole_year = app.get(&admin, &format!("/api/v1/finance/budget-lines/{}/position", paid_by.as_str().unwrap())).await.body;
        assert_eq!([&whole_year["actual"], &whole_year["open_commitments"]], [&euros("1232.00"), &euros("0.00")], "{whole_year}");

        // Held in the year after, all of it goes back where it was booked.
        let held = app.transition(&admin, &format!("/api/v1/vendors/invoices/{invoice}"), "on_hold").await;
        assert_eq!(held.status, 200, "{}", held.text);
        assert_eq!((prepayments(app).await, months(app, STATES).await), (vec![one("1760.00", "1760.00", "reversed")], vec![0, 0, 10]));
        let entries = app.get(&admin, "/api/v1/finance/cost-entries?source=prepayment&limit=50").await.body["data"].clone();
        let sum: f64 = entries.as_array().unwrap().iter().map(|each| each["net"]["amount"].as_str().unwrap().parse::<f64>().unwrap()).sum();
        assert_eq!((entries.as_array().unwrap().len(), sum), (20, 0.0));
    }

    a_prepayment_goes_back_with_its_invoice_and_no_other_way(app) {
        let (vendor, (paid_by, period)) = (qualified(app, "V").await, budget(app).await);
        let payer = json!({"budget_line_id": paid_by, "fiscal_period_id": period});
        let (invoice, line) = asked_in_advance(app, &vendor, &payer).await;
        walk(app, "invoices", &invoice, &["approved"]).await;
        app.worker.work_off().await.unwrap();
        let own = app.get(&app.admin, "/api/v1/finance/prepayments").await.body["data"][0].clone();
        let path = format!("/api/v1/finance/prepayments/{}", own["id"].as_str().unwrap());
        assert_eq!(told(&app.transition(&app.admin, &path, "cancelled").await), refused(409, " invoice"));
        assert_eq!(app.transition(&app.admin, &path, "reversed").await.status, 409, "only the invoice does that");
        for state in ["on_hold", "disputed"] {
            walk(app, "invoices", &invoice, &[state]).await;
            assert_eq!(stands(app, &paid_by).await, amounts("0.00", "1760.00"), "{state}: promised by the order as before");
            assert_eq!(states(app, &line).await, [("0.00".to_owned(), "open".to_owned())]);
            walk(app, "invoices", &invoice, &["received", "matched", "approved"]).await;
            app.worker.work_off().await.unwrap();
            assert_eq!(stands(app, &paid_by).await, amounts("176.00", "1056.00"), "{state}: and again in advance");
        }
        let states: Vec<String> = prepayments(app).await.into_iter().map(|(.., state)| state).collect();
        assert_eq!(states, ["reversed", "reversed", "active"]);
        walk(app, "invoices", &invoice, &["void"]).await;
        assert_eq!(stands(app, &paid_by).await, amounts("0.00", "1760.00"));
    }

    a_credit_note_leaves_less_of_a_prepayment(app) {
        let (vendor, (paid_by, period)) = (qualified(app, "V").await, budget(app).await);
        let payer = json!({"budget_line_id": paid_by, "fiscal_period_id": period});
        let (invoice, line) = asked_in_advance(app, &vendor, &payer).await;
        walk(app, "invoices", &invoice, &["approved"]).await;
        app.worker.work_off().await.unwrap();
        let server = json!({"quantity": "1", "unit_price": euros("880.00"), "purchase_order_line_id": line});
        let note = billed(app, &vendor, "N-1", "880.00", server, json!({"kind": "credit_note", "corrects_id": invoice})).await;
        walk(app, "invoices", &note, &["matched", "approved"]).await;
        assert_eq!(prepayments(app).await, [one("1760.00", "1760.00", "reversed"), one("880.00", "880.00", "active")]);
        // Seven months of 88 and the half of the order that is promised again: 616 + 880.
        assert_eq!(stands(app, &paid_by).await, amounts("0.00", "1496.00"));
        app.worker.work_off().await.unwrap();
        assert_eq!(stands(app, &paid_by).await, amounts("88.00", "1408.00"));
        walk(app, "invoices", &note, &["on_hold"]).await;
        app.worker.work_off().await.unwrap();
        assert_eq!(stands(app, &paid_by).await, amounts("176.00", "1056.00"), "without the note all of it is paid in advance again");
        walk(app, "invoices", &note, &["void"]).await;
    }

    a_prepayment_needs_its_days_and_the_funds_of_its_line_and_is_worth_what_it_was_on_its_day(app) {
        let control = json!({"requisition": "warn", "order": "block", "invoice": "block", "allocation": "ignore", "basis": "annual", "tolerance_percent": 0});
        let (vendor, (paid_by, _)) = (qualified(app, "V").await, held_budget(app, control).await);
        let advance = async |number: &str, net: Value, more: Value| {
            let mut body = json!({"kind": "prepayment", "exception": "Not ordered.", "net": net, "tax": {"amount": "0.00", "currency": net["currency"]}, "gross": net});
            merge(&mut body, more);
            let line = json!({"quantity": "1", "unit_price": net, "net": net, "budget_line_id": paid_by});
            let invoice = billed(app, &vendor, number, "1.00", line, body).await;
            walk(app, "invoices", &invoice, &["exception"]).await;
            invoice
        };
        let year = json!({"service_starts_on": "2026-01-01", "service_ends_on": "2026-12-31"});
        let without = advance("P-1", euros("100.00"), json!({})).await;
        assert_eq!(told(&second(app, "invoices", &without, "approved").await).1, ["/service_starts_on required", "/service_ends_on required"]);
        let dear = advance("P-2", euros("100000.01"), year.clone()).await;
        assert_eq!(told(&second(app, "invoices", &dear, "approved").await), refused(409, "/amount funds"));
        assert_eq!((prepayments(app).await, read(app, "invoices", &dear).await["state"].clone()), (vec![], json!("exception")));

        let dollars = |amount: &str| json!({"amount": amount, "currency": "USD"});
        let foreign = advance("P-3", dollars("1200.00"), year).await;
        assert_eq!(told(&second(app, "invoices", &foreign, "approved").await), refused(409, "/net exchange_rate"));
        for (valid_on, rate) in [("2026-06-01", "0.90"), ("2026-06-11", "0.50")] {
            app.make("finance/exchange-rates", &json!({"kind": "spot", "from_currency": "USD", "to_currency": "EUR", "valid_on": valid_on, "rate": rate, "source": "ECB"})).await;
        }
        // Invoiced on the 10th of June: 1,200 dollars are 1,080 euros, and stay so.
        assert_eq!(second(app, "invoices", &foreign, "approved").await.status, 200);
        assert_eq!(prepayments(app).await, [one("1080.00", "1200.00", "active")]);
        app.worker.work_off().await.unwrap();
        assert_eq!(stands(app, &paid_by).await, amounts("540.00", "540.00"), "six of twelve months");
    }
}
