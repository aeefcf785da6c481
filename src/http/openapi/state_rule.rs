//! What the states of a record, and of the record that it is part of, forbid, in words.

use crate::resource::{Allows, Editable, ResourceType};

/// What they forbid of a change.
pub fn of_update(definition: &ResourceType) -> String {
    let Some(lifecycle) = &definition.lifecycle else { return of_parent(definition) };
    let frozen: Vec<&str> = lifecycle.states.iter().copied().filter(|state| definition.editable_fields_in(state) != Editable::All).collect();
    let mut said = if frozen.is_empty() {
        "\n\nIts fields may change in every state.".to_owned()
    } else {
        format!(
            "\n\nIts fields are frozen while it is {} (409, `immutable`); comments, tags, links, attachments and custom fields may change in every state.",
            listed(&frozen)
        )
    };
    for exception in definition.state_rules.exceptions {
        match exception.allows {
            Allows::Fields(fields) => {
                said.push_str(&format!(" While it is {}, {} may change all the same: {}", listed(exception.states), listed(fields), exception.reason));
            }
            Allows::Service => said.push_str(&format!(" While it is {}, the service itself may change it: {}", listed(exception.states), exception.reason)),
            Allows::Delete => {}
        }
    }
    said + &of_parent(definition)
}

/// What they forbid of deleting it.
pub fn of_delete(definition: &ResourceType) -> String {
    let Some(lifecycle) = &definition.lifecycle else { return of_parent(definition) };
    let mut said = format!("\n\nPossible while it is `{}`: from then on it is evidence (409, `not_deletable`).", lifecycle.first());
    for exception in definition.state_rules.exceptions.iter().filter(|exception| exception.allows == Allows::Delete) {
        said.push_str(&format!(" Possible also while it is {}: {}", listed(exception.states), exception.reason));
    }
    said + &of_parent(definition)
}

fn of_parent(definition: &ResourceType) -> String {
    match definition.part_of.filter(|part| !part.loose) {
        None => String::new(),
        Some(part) if part.while_in.is_empty() => {
            format!("\n\nIt is part of the record in `{}`, and frozen with it (409, `parent_state`).", part.field)
        }
        Some(part) => {
            format!("\n\nIt is part of the record in `{}`, and may change only while that is {} (409, `parent_state`).", part.field, listed(part.while_in))
        }
    }
}

/// Names as `a`, `b` or `c`.
fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        _ => quoted.concat(),
    }
}
