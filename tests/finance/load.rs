//! Orders, transfers, invoices and releases that meet on the same budget lines, from several processes on PostgreSQL and one on SQLite: no limit is
//! passed, no cent is lost or made, and no answer is a fault of the service. `STEWARD_LOAD_OPERATIONS` sets how many there are.

use crate::harness::dice::Dice;
use crate::harness::process::{EMAIL, PASSWORD, Running};
use crate::on_each;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use ureq::Agent;

/// How many clients act at once.
const CLIENTS: usize = 12;
/// What each line has, in cents: a quarter of it in each quarter of the year.
const LINE: i64 = 60_000;
/// The controls of the budgets: one of each basis.
const BASES: [&str; 3] = ["annual", "period", "year_to_date"];

/// What the clients were told that happened on a line, in cents by quarter.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    moved: [i64; 4],
    promised: [i64; 4],
    booked: [i64; 4],
    came: i64,
    went: i64,
}

impl Line {
    /// What is left of each quarter.
    fn left(&self) -> [i64; 4] {
        std::array::from_fn(|at| LINE / 4 + self.moved[at] - self.promised[at] - self.booked[at])
    }

    /// Whether it is within its limit on a basis.
    fn holds(&self, basis: &str) -> bool {
        let left = self.left();
        let until = |at: usize| left[..=at].iter().sum::<i64>();
        match basis {
            "period" => left.iter().all(|left| *left >= 0) && until(3) >= 0,
            "year_to_date" => (0..4).all(|at| until(at) >= 0),
            _ => until(3) >= 0,
        }
    }
}

/// The service, by one of its processes, as somebody.
struct Caller<'a> {
    agent: Agent,
    running: &'a Running,
    tokens: &'a [String; 2],
}

impl Caller<'_> {
    fn call(&self, second: bool, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = ureq::http::Request::builder().method(method).uri(self.running.url(&format!("/api/v1/{path}")));
        let request = request.header("Authorization", format!("Bearer {}", self.tokens[usize::from(second)])).header("If-Match", "*");
        let request = request.header("Content-Type", "application/json").body(if body.is_null() { String::new() } else { body.to_string() }).unwrap();
        let mut answer = self.agent.run(request).unwrap();
        let told: Value = answer.body_mut().read_json().unwrap_or(Value::Null);
        let status = answer.status().as_u16();
        assert!(matches!(status, 200 | 201 | 409), "{method} {path}: {status} {told}");
        (status, told)
    }

    /// Makes a record.
    fn made(&self, collection: &str, body: Value) -> String {
        let (status, told) = self.call(false, "POST", collection, &body);
        assert_eq!(status, 201, "{collection}: {told}");
        told["id"].as_str().unwrap().to_owned()
    }

    /// Tries to move a record; the second administrator approves.
    fn moves(&self, collection: &str, id: &str, to: &str) -> bool {
        self.call(to == "approved", "POST", &format!("{collection}/{id}/transitions"), &json!({"to": to})).0 == 200
    }

    fn walks(&self, collection: &str, id: &str, states: &[&str]) {
        for state in states {
            assert!(self.moves(collection, id, state), "{collection} {state}");
        }
    }
}

fn caller<'a>(running: &'a Running, tokens: &'a [String; 2]) -> Caller<'a> {
    // As many clients as these wait for a turn where the machine is small.
    let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(120)));
    Caller { agent: config.build().into(), running, tokens }
}

fn euros(cents: i64) -> Value {
    json!({"amount": format!("{}.{:02}", cents / 100, cents % 100), "currency": "EUR"})
}

/// Three budgets of two lines, the quarters of their year, and a vendor.
struct Books {
    budgets: Vec<String>,
    lines: Vec<String>,
    quarters: Vec<String>,
    vendor: String,
    day: String,
}

impl Books {
    fn open(caller: &Caller<'_>) -> Books {
        let day = chrono::Utc::now().date_naive();
        let year = day.format("%Y").to_string();
        let body = json!({"code": "FY", "name": year, "starts_on": format!("{year}-01-01"), "ends_on": format!("{year}-12-31")});
        let fiscal_year = caller.made("finance/fiscal-years", body);
        let (_, told) = caller.call(false, "POST", &format!("finance/fiscal-years/{fiscal_year}/make-periods"), &json!({"length": "quarter"}));
        let quarters = told["data"].as_array().unwrap().iter().map(|period| period["id"].as_str().unwrap().to_owned()).collect();
        let category = caller.made("finance/cost-categories", json!({"code": "OPEX", "name": "Hosting", "kind": "opex"}));
        let (mut budgets, mut lines) = (Vec::new(), Vec::new());
        for basis in BASES {
            let center = caller.made("finance/cost-centers", json!({"code": basis, "name": basis}));
            let control = json!({"requisition": "warn", "order": "block", "invoice": "block", "allocation": "block", "basis": basis, "tolerance_percent": 0});
            let body = json!({"name": basis, "scope_id": center, "fiscal_year_id": fiscal_year, "currency": "EUR", "control": control});
            let budget = caller.made("finance/budgets", body);
            for name in ["One", "Other"] {
                let body = json!({"budget_id": budget, "name": name, "cost_category_id": category, "amount": euros(LINE)});
                lines.push(caller.made("finance/budget-lines", body));
            }
            caller.walks("finance/budgets", &budget, &["submitted", "approved", "active"]);
            budgets.push(budget);
        }
        let vendor = caller.made("vendors/vendors", json!({"code": "V", "name": "V"}));
        caller.walks("vendors/vendors", &vendor, &["onboarding", "qualified"]);
        Books { budgets, lines, quarters, vendor, day: day.to_string() }
    }
}

/// An approved order of a client: its id, its line, and what it promises where.
struct Order {
    id: String,
    line: String,
    on: usize,
    quarter: usize,
    cents: i64,
}

/// A client, and what came of what it did.
struct Client<'a> {
    caller: Caller<'a>,
    books: &'a Books,
    told: &'a Mutex<Vec<Line>>,
    name: usize,
    dice: Dice,
    orders: Vec<Order>,
    refused: usize,
}

impl Client<'_> {
    fn acts(&mut self, number: usize) {
        match self.dice.below(10) {
            0..=3 => self.orders_something(number),
            4 | 5 => self.transfers(),
            _ if self.orders.is_empty() => self.orders_something(number),
            6 | 7 => self.is_billed(number),
            _ => self.releases(),
        }
    }

    fn orders_something(&mut self, number: usize) {
        let (on, quarter) = (self.dice.below(self.books.lines.len()), self.dice.below(4));
        let (cents, code) = (1 + self.dice.below(9_000) as i64, format!("PO-{}-{number}", self.name));
        let id = self.caller.made("vendors/purchase-orders", json!({"code": code, "title": code, "vendor_id": self.books.vendor, "currency": "EUR"}));
        let line = json!({"purchase_order_id": id, "position": 1, "title": "Thing", "quantity": "1", "unit": "piece", "unit_price": euros(cents),
            "matching": "none", "budget_line_id": self.books.lines[on], "fiscal_period_id": self.books.quarters[quarter]});
        let line = self.caller.made("vendors/purchase-order-lines", line);
        self.caller.walks("vendors/purchase-orders", &id, &["submitted"]);
        if !self.caller.moves("vendors/purchase-orders", &id, "approved") {
            self.refused += 1;
            return;
        }
        self.told.lock().unwrap()[on].promised[quarter] += cents;
        self.orders.push(Order { id, line, on, quarter, cents });
    }

    /// Moves money from one line of a budget to the other, within a quarter.
    fn transfers(&mut self) {
        let (from, quarter, cents) = (self.dice.below(self.books.lines.len()), self.dice.below(4), 1 + self.dice.below(4_000) as i64);
        let to = from ^ 1;
        let body = json!({"from_line_id": self.books.lines[from], "to_line_id": self.books.lines[to], "fiscal_period_id": self.books.quarters[quarter],
            "amount": euros(cents), "reason": "Needed there."});
        let id = self.caller.made("finance/budget-transfers", body);
        if !self.caller.moves("finance/budget-transfers", &id, "submitted") {
            self.refused += 1;
            return;
        }
        self.caller.walks("finance/budget-transfers", &id, &["approved", "posted"]);
        let mut told = self.told.lock().unwrap();
        (told[from].went, told[to].came) = (told[from].went + cents, told[to].came + cents);
        told[from].moved[quarter] -= cents;
        told[to].moved[quarter] += cents;
    }

    /// Approves the invoice of an order, for all of it or some.
    fn is_billed(&mut self, number: usize) {
        let order = self.orders.swap_remove(self.dice.below(self.orders.len()));
        let net = if self.dice.in_ten(5) { order.cents } else { 1 + self.dice.below(order.cents as usize) as i64 };
        self.caller.walks("vendors/purchase-orders", &order.id, &["sent"]);
        let body = json!({"vendor_id": self.books.vendor, "kind": "invoice", "number": format!("R-{}-{number}", self.name), "invoiced_on": self.books.day,
            "received_on": self.books.day, "net": euros(net), "tax": euros(0), "gross": euros(net)});
        let id = self.caller.made("vendors/invoices", body);
        let line = json!({"invoice_id": id, "position": 1, "title": "Thing", "quantity": "1", "unit_price": euros(net), "net": euros(net),
            "purchase_order_line_id": order.line, "fiscal_period_id": self.books.quarters[order.quarter]});
        self.caller.made("vendors/invoice-lines", line);
        self.caller.walks("vendors/invoices", &id, &["matched", "approved"]);
        let told = &mut self.told.lock().unwrap()[order.on];
        told.promised[order.quarter] -= net;
        told.booked[order.quarter] += net;
    }

    fn releases(&mut self) {
        let order = self.orders.swap_remove(self.dice.below(self.orders.len()));
        self.caller.walks("vendors/purchase-orders", &order.id, &["cancelled"]);
        self.told.lock().unwrap()[order.on].promised[order.quarter] -= order.cents;
    }
}

/// The first administrator, and one more who approves.
fn administrators(running: &Running) -> [String; 2] {
    let first = running.log_in(EMAIL, PASSWORD).unwrap();
    let (_, roles) = running.get(Some(&first), "/api/v1/identity/roles?code=administrator");
    let user = json!({"email": "second@example.org", "name": "Second", "password": PASSWORD});
    let (status, user) = running.send(&first, "POST", "/api/v1/identity/users", &user);
    assert_eq!(status, 201, "{user}");
    let grant = json!({"principal_id": user["id"], "role_id": roles["data"][0]["id"], "unit_id": null});
    let (status, granted) = running.send(&first, "POST", "/api/v1/identity/grants", &grant);
    assert_eq!(status, 201, "{granted}");
    [first, running.log_in("second@example.org", PASSWORD).unwrap()]
}

on_each! {
    what_meets_on_budget_lines_passes_no_limit_and_loses_no_cent(place) {
        let operations: usize = std::env::var("STEWARD_LOAD_OPERATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(96);
        let processes: Vec<Running> = (0..if place.url.starts_with("sqlite") { 1 } else { 3 }).map(|_| Running::start(&place.url, true)).collect();
        let tokens = administrators(&processes[0]);
        let books = Books::open(&caller(&processes[0], &tokens));
        let told = Mutex::new(vec![Line::default(); books.lines.len()]);
        let began = Instant::now();
        let refused: usize = std::thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|name| {
                    let caller = caller(&processes[name % processes.len()], &tokens);
                    let dice = Dice(20_260_615 + name as u64);
                    let mut client = Client { caller, books: &books, told: &told, name, dice, orders: Vec::new(), refused: 0 };
                    scope.spawn(move || {
                        (0..operations.div_ceil(CLIENTS)).for_each(|number| client.acts(number));
                        client.refused
                    })
                })
                .collect();
            clients.into_iter().map(|client| client.join().unwrap()).sum()
        });
        println!("{operations} operations from {CLIENTS} clients over {} processes in {:.1} s, {refused} refused", processes.len(), began.elapsed().as_secs_f64());
        let told = told.into_inner().unwrap();
        let caller = caller(&processes[0], &tokens);
        let cents = |money: &Value| money["amount"].as_str().unwrap_or_else(|| panic!("{money}")).replace('.', "").parse::<i64>().unwrap();
        for (at, (line, told)) in books.lines.iter().zip(&told).enumerate() {
            let (_, position) = caller.call(false, "GET", &format!("finance/budget-lines/{line}/position"), &Value::Null);
            let told_by_service = ["transfers_in", "transfers_out", "reserved", "actual", "open_commitments"].map(|name| cents(&position[name]));
            let sum = |parts: [i64; 4]| parts.iter().sum::<i64>();
            assert_eq!(told_by_service, [told.came, told.went, 0, sum(told.booked), sum(told.promised)], "line {at}: {position}");
            assert!(told.holds(BASES[at / 2]), "line {at} by {}: {:?}", BASES[at / 2], told.left());
        }
        for budget in &books.budgets {
            let (_, position) = caller.call(false, "GET", &format!("finance/budgets/{budget}/position"), &Value::Null);
            let total = &position["total"];
            assert_eq!(cents(&total["budget"]) + cents(&total["transfers_in"]) - cents(&total["transfers_out"]), 2 * LINE, "{position}");
        }
        assert!(operations < 500 || refused > operations / 50, "the limits were met: {refused}");
    }
}
