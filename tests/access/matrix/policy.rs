//! What the policy says of a cell of the table.

use crate::harness::TestApp;
use serde_json::Value;
use steward::access::{Reach, Session};
use steward::resource::{Own, ResourceType, Scope, Whose};

/// Where a record stands, seen from the unit on which a role was given.
pub const SPOTS: [&str; 3] = ["own", "sub", "other"];

/// What is asked of a record of each spot.
pub struct Ask {
    /// `update_control`, and the move for a transition.
    pub name: String,
    pub method: &'static str,
    /// The path and the body for each spot; one for all where the spots make no difference.
    pub calls: Vec<(String, Option<Value>)>,
    /// For lists: the ids to look for.
    pub look_for: Vec<String>,
    pub shared: bool,
    /// The permissions that the policy asks for; none where only the service can say.
    pub policy: Option<Vec<String>>,
    /// The kind and the verb, and the state in which a move is asked for; none where only the service can say what is one's own.
    pub of: Option<(&'static ResourceType, String, Option<&'static str>)>,
    /// True for what the policy says of a figure: who lacks a part of it finds nothing, and an employee is asked for what is somebody else's alone.
    pub is_figure: bool,
}

/// The cell of a role by the policy: what somebody with a grant on the own unit gets at each spot, then somebody with one on everything.
pub fn by_policy((own, everything): (&Session, &Session), ask: &Ask, permissions: &[String]) -> String {
    let read = permissions[0].split_once(':').map_or(String::new(), |(place, _)| format!("{place}:read"));
    let holds = |session: &Session| permissions.iter().all(|permission| session.reach(permission) != Reach::Nothing);
    let reads = |session: &Session| session.reach(&read) != Reach::Nothing;
    let sign = |session: &Session| {
        if holds(session) {
            "y"
        } else if reads(session) && !ask.is_figure {
            "x"
        } else {
            "."
        }
    };
    let is_create = ask.name.starts_with("create_");
    let narrow = match (sign(own), ask.shared, ask.method) {
        ("y", true, "GET") => "yyy".to_owned(),
        ("y", true, _) => if reads(own) { "xxx" } else { "..." }.to_owned(),
        ("y", false, _) => "yy.".to_owned(),
        ("x", false, _) if !is_create => "xx.".to_owned(),
        (sign, _, _) => sign.repeat(SPOTS.len()),
    };
    narrow + sign(everything)
}

/// The cell of an employee: by what is declared of whose a record is. That the service does so for every row is asked in tests/access/own.rs.
pub fn by_own(app: &TestApp, session: &Session, (definition, verb, state): (&'static ResourceType, &str, Option<&str>)) -> String {
    let holds = |verb: &str| definition.scope == Scope::Own || session.reach(&definition.permission(verb)) != Reach::Nothing;
    let hangs = app.served.store.definitions.hangs_on_any(definition);
    let owns = definition.owns();
    let by = |verb: &str, counts: &dyn Fn(Whose) -> bool| {
        let there = |own: &&Own| own.allows(verb) && (own.states.is_empty() || state.is_none_or(|state| own.states.contains(&state)));
        holds(verb) && owns.iter().filter(there).any(|own| counts(own.whose))
    };
    let sign = |reads: bool, does: bool| match (reads, does) {
        (true, true) => "y",
        (true, false) => "x",
        (false, true) if verb == "create" => "y",
        _ => ".",
    };
    let own = |verb: &str| if hangs || definition.scope == Scope::Own { holds(verb) } else { by(verb, &|_| true) };
    let own_sign = sign(own("read"), own(verb));
    if verb == "create" {
        return if holds("create") || holds("read") { "xxx" } else { "..." }.to_owned()
            + if own("create") {
                "y"
            } else if holds("read") {
                "x"
            } else {
                "."
            };
    }
    let everybodys = by("read", &|whose| whose == Whose::Everybody);
    let units = everybodys || by("read", &|whose| whose == Whose::Unit);
    [units, everybodys, everybodys].map(|reads| sign(reads, reads && verb == "read")).concat() + own_sign
}
