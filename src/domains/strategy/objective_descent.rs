//! The objectives under others. Recursion is what typed queries cannot say, so it is written as SQL here.

use crate::database::{Narrowed, Statement};
use crate::resource::Id;
use crate::resource::value::Date;
use steward_schema::strategy::objectives;

/// The condition that an objective is the root or lies under it, by objectives that are not cancelled. Without a root the trees start
/// at all that are committed to in a cycle that is active and has not ended.
pub fn in_tree(root: Option<Id>, today: Date) -> Narrowed<objectives::table> {
    let mut condition = Statement::new(
        "objectives.id IN (WITH RECURSIVE tree(id) AS (SELECT o.id FROM objectives o JOIN planning_cycles c ON c.id = o.planning_cycle_id WHERE ",
    );
    match root {
        Some(root) => condition.push("o.id = ").bind(root),
        None => condition.push("o.state = 'committed' AND c.state = 'active' AND c.ends_on >= ").bind(today),
    };
    condition.push(" UNION SELECT o.id FROM objectives o JOIN tree ON o.parent_id = tree.id WHERE o.state <> 'cancelled') SELECT id FROM tree)");
    Narrowed::to(condition)
}
