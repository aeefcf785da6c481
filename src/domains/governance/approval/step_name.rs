//! Steps of work, named by the permission that each needs.

use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::value::Text;
use steward_core::resource::{Check, ResourceType, ResourceTypes};

/// A step: the permission that it needs, `domain.collection:verb`.
pub type StepName = Text<3, 200>;

/// The collection of a step, and what history calls it. To create a record is to write it: whoever changed it or a part of it, or
/// submitted it for approval, did that as well.
pub fn actions_of<'s>(definitions: &ResourceTypes, step: &'s str) -> Option<(&'static str, Vec<&'s str>)> {
    let (definition, verb) = definition_of(definitions, step)?;
    let mut actions = vec![verb];
    if verb == "create" {
        actions.extend(["update", "change_parts"]);
        let approved = |state: &str| definition.moves().any(|step| step.approving && step.from == state);
        actions.extend(definition.moves().filter(|step| !step.approving && approved(step.to)).map(|step| step.name));
    }
    Some((definition.path, actions))
}

fn definition_of<'s>(definitions: &ResourceTypes, step: &'s str) -> Option<(&'static ResourceType, &'s str)> {
    let (place, verb) = step.split_once(':')?;
    let named = |definition: &&&'static ResourceType| place.split_once('.') == Some((definition.domain, definition.table.as_str()));
    definitions.all().iter().find(named).map(|definition| (*definition, verb))
}

/// Refuses a step that there is not (422).
pub fn require_step(check: &Check<'_>, field: &str, step: &StepName) -> Result<()> {
    let known = definition_of(check.definitions, step).is_some_and(|(definition, verb)| {
        let moves = definition.lifecycle.as_ref().map(|lifecycle| lifecycle.move_names()).unwrap_or_default();
        matches!(verb, "create" | "update" | "delete") || moves.contains(&verb)
    });
    if known {
        return Ok(());
    }
    let detail = "There is no such step. Write it as domain.collection:verb, such as governance.exceptions:approve.";
    Err(Problem::invalid(vec![FieldError::new(format!("/{field}"), "step", detail)]).into())
}

/// Refuses steps of which none approves: nothing would ever ask for them (422).
pub fn require_approving(check: &Check<'_>, steps: &[(&str, &StepName)]) -> Result<()> {
    let approves = |step: &StepName| {
        definition_of(check.definitions, step).is_some_and(|(definition, verb)| definition.moves().any(|each| each.approving && each.name == verb))
    };
    if steps.iter().any(|(_, step)| approves(step)) {
        return Ok(());
    }
    let field = steps.last().map_or("", |(field, _)| field);
    let detail = "That is no approving move. Name one that has four_eyes in the x-lifecycle of its kind, such as governance.exceptions:approve.";
    Err(Problem::invalid(vec![FieldError::new(format!("/{field}"), "step", detail)]).into())
}
