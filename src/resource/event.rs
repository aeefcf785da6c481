//! The names of events: what happened to a record, in the past tense.

use super::ResourceType;

/// Verbs whose past participle follows no rule.
const IRREGULAR: &[(&str, &str)] = &[
    ("begin", "begun"),
    ("bring", "brought"),
    ("build", "built"),
    ("fall", "fallen"),
    ("give", "given"),
    ("go", "gone"),
    ("hold", "held"),
    ("leave", "left"),
    ("make", "made"),
    ("meet", "met"),
    ("pay", "paid"),
    ("put", "put"),
    ("run", "run"),
    ("send", "sent"),
    ("set", "set"),
    ("take", "taken"),
    ("withdraw", "withdrawn"),
];
/// Verbs whose last letter is doubled.
const DOUBLED: &[&str] = &["cancel", "commit", "defer", "drop", "fulfil", "permit", "plan", "ship", "stop", "submit"];

/// The event of an action on a record, such as `vendors.purchase_order.approved`: its domain, its kind, and what was done to it.
pub fn event(definition: &ResourceType, action: &str) -> String {
    let domain = definition.path.split_once('/').map_or(definition.path, |(domain, _)| domain);
    format!("{domain}.{}.{}", definition.singular, done(action))
}

/// An action as what was done: `send_back` is `sent_back`, `soft_close` is `soft_closed`.
fn done(action: &str) -> String {
    match action.split_once('_') {
        Some(("soft", verb)) => format!("soft_{}", participle(verb)),
        Some((verb, rest)) => format!("{}_{rest}", participle(verb)),
        None => participle(action),
    }
}

/// The past participle of a verb.
fn participle(verb: &str) -> String {
    if let Some((_, irregular)) = IRREGULAR.iter().find(|(each, _)| *each == verb) {
        return (*irregular).to_owned();
    }
    let last = verb.chars().next_back().unwrap_or_default();
    let stem = verb.strip_suffix(last).unwrap_or(verb);
    match last {
        'e' => format!("{verb}d"),
        'y' if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ied"),
        _ if DOUBLED.contains(&verb) => format!("{verb}{last}ed"),
        _ => format!("{verb}ed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_says_what_was_done() {
        let named = [
            ("create", "created"),
            ("approve", "approved"),
            ("sign", "signed"),
            ("submit", "submitted"),
            ("apply", "applied"),
            ("deploy", "deployed"),
            ("send_back", "sent_back"),
            ("take_effect", "taken_effect"),
            ("soft_close", "soft_closed"),
            ("change_parts", "changed_parts"),
            ("fulfil_partly", "fulfilled_partly"),
            ("go_live", "gone_live"),
            ("open", "opened"),
            ("recover", "recovered"),
        ];
        for (action, event) in named {
            assert_eq!(done(action), event);
        }
    }
}
