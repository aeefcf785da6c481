//! Steps of work, named by the permission that each needs.

use crate::error::{Broken, Problem, Result};
use crate::resource::Check;
use crate::resource::value::Text;

/// A step: the permission that it needs, `domain.collection:verb`.
pub type StepName = Text<3, 200>;

/// Refuses a step that there is not (422).
pub(super) fn require_step(check: &Check<'_>, field: &str, step: &StepName) -> Result<()> {
    let known = step.split_once(':').is_some_and(|(place, verb)| {
        let named = check.definitions.all().iter().find(|definition| place.split_once('.') == Some((definition.domain, definition.table.as_str())));
        named.is_some_and(|definition| {
            let moves = definition.lifecycle.as_ref().map(|lifecycle| lifecycle.move_names()).unwrap_or_default();
            matches!(verb, "create" | "update" | "delete") || moves.contains(&verb)
        })
    });
    if known {
        return Ok(());
    }
    let detail = "There is no such step. Write it as domain.collection:verb, such as governance.exceptions:approve.";
    Err(Problem::invalid(vec![Broken::new(format!("/{field}"), "step", detail)]).into())
}
