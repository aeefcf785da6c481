//! Circles over dependencies and the tree of work: what must come before itself.
//!
//! A dependency of a summary holds for all that is under it: what is under it starts after it starts, and it ends after what is
//! under it ends. So what is reached as a whole reaches its children as wholes, and everything that is reached reaches the end of
//! what is above it.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Uuid};
use std::collections::{HashMap, VecDeque};
use steward_core::database::Statement;
use steward_core::error::{Problem, Result};
use steward_core::resource::{Check, Id, Lock};
use steward_schema::projects::{projects, work_items};

/// The lock of all dependencies and of the tree they hold over: they may lead from one project to another, and a circle through
/// several is found only if nobody closes it elsewhere meanwhile.
pub fn lock() -> Lock {
    Lock::Named("work_dependencies".into())
}

/// Refuses what would make `from` come before `to` where `to` comes before `from` (409): the detail names the circle by WBS codes, with
/// the project's code where it leads through several.
/// `whole` says whether `from` is reached as a whole or only its end, `to_whole` whether that counts for `to`.
pub fn require_none(check: &mut Check<'_>, (from, whole): (Id, bool), (to, to_whole): (Id, bool), pointer: &str) -> Result<()> {
    let mut found = reach(check, from, whole);
    found.push(" SELECT 1 FROM reach WHERE id = ").bind(to).push(if to_whole { " AND whole = 1 LIMIT 1" } else { " LIMIT 1" });
    if !found.finds(check.connection)? {
        return Ok(());
    }
    let mut edges = reach(check, from, whole);
    edges.push(
        " SELECT d.predecessor_id, d.successor_id, CAST(0 AS bigint) FROM work_dependencies d WHERE d.predecessor_id IN (SELECT id FROM reach) \
         UNION ALL SELECT w.id, w.parent_id, CAST(1 AS bigint) FROM work_items w WHERE w.parent_id IS NOT NULL AND w.id IN (SELECT id FROM reach)",
    );
    let rows = edges.load::<(Uuid, Uuid, BigInt), (Id, Id, i64)>(check.connection)?;
    let edges: Vec<Edge> = rows.into_iter().map(|(left, right, tree)| (left, right, tree == 1)).collect();
    let circle: Vec<Id> = path(&edges, (from, whole), to).into_iter().chain([from]).collect();
    let detail = format!("That would close a circle: {}. Take one of these away first.", named(check, &circle)?.join(" → "));
    Err(Problem::conflict(pointer, "circle", detail).into())
}

/// Work items by their WBS codes.
fn named(check: &mut Check<'_>, items: &[Id]) -> Result<Vec<String>> {
    let query = work_items::table.inner_join(projects::table).filter(work_items::id.eq_any(items));
    let rows: Vec<(Id, String, String)> = query.select((work_items::id, work_items::wbs_code, projects::code)).load(check.connection)?;
    let several = rows.iter().any(|(_, _, project)| rows.first().is_some_and(|(_, _, first)| first != project));
    let codes: HashMap<Id, String> = rows.into_iter().map(|(id, code, project)| (id, if several { format!("{project} {code}") } else { code })).collect();
    Ok(items.iter().map(|id| codes.get(id).cloned().unwrap_or_else(|| id.to_string())).collect())
}

/// What comes after the start of an item, or after its end alone. The place of the record that is written is left out of the
/// tree: it is about to change.
fn reach(check: &Check<'_>, from: Id, whole: bool) -> Statement {
    let mut query = Statement::new("WITH RECURSIVE reach(id, whole) AS (SELECT CAST(")
        .with(from, if check.connection.is_postgres() { " AS uuid), " } else { " AS blob), " });
    query.push(if whole { "1" } else { "0" });
    query.push(
        " UNION SELECT COALESCE(d.successor_id, c.id, p.parent_id), k.gives FROM reach r \
         JOIN (SELECT 0 AS branch, 0 AS needs, 1 AS gives UNION ALL SELECT 1, 1, 1 UNION ALL SELECT 2, 0, 0) k ON k.needs <= r.whole \
         LEFT JOIN work_dependencies d ON k.branch = 0 AND d.predecessor_id = r.id \
         LEFT JOIN work_items c ON k.branch = 1 AND c.parent_id = r.id AND c.id <> ",
    );
    query.bind(check.id).push(" LEFT JOIN work_items p ON k.branch = 2 AND p.id = r.id AND p.id <> ").bind(check.id);
    query.push(" WHERE COALESCE(d.successor_id, c.id, p.parent_id) IS NOT NULL)");
    query
}

/// One leads to another: by a dependency, or (true) as a child to its parent.
type Edge = (Id, Id, bool);
/// An item, as a whole or its end alone.
type Reached = (Id, bool);

/// The shortest way from one item to another, both included.
fn path(edges: &[Edge], from: Reached, to: Id) -> Vec<Id> {
    let mut next: HashMap<Reached, Vec<Reached>> = HashMap::new();
    for (left, right, is_tree) in edges {
        if *is_tree {
            next.entry((*right, true)).or_default().push((*left, true));
        }
        for whole in [true, false] {
            next.entry((*left, whole)).or_default().push((*right, !is_tree));
        }
    }
    let (mut through, mut queue) = (HashMap::from([(from, from)]), VecDeque::from([from]));
    while let Some(at) = queue.pop_front() {
        if at.0 == to {
            let mut way = vec![at];
            while let Some(before) = way.last().and_then(|last| through.get(last)).filter(|before| way.last() != Some(before)) {
                way.push(*before);
            }
            return way.into_iter().rev().map(|(id, _)| id).collect();
        }
        for reached in next.get(&at).into_iter().flatten() {
            if !through.contains_key(reached) {
                through.insert(*reached, at);
                queue.push_back(*reached);
            }
        }
    }
    vec![from.0, to]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_leads_over_dependencies_and_down_and_up_the_tree() {
        let [design, build, part, test] = std::array::from_fn(|_| Id::new());
        // design → build, and part lies in build; part → test.
        let edges = [(design, build, false), (part, build, true), (part, test, false)];
        assert_eq!(path(&edges, (design, true), test), [design, build, part, test]);
        // The end of the part is the way to the end of what it lies in.
        assert_eq!(path(&[(part, build, true), (build, test, false)], (part, true), test), [part, build, test]);
    }

    #[test]
    fn the_end_of_a_summary_does_not_lead_to_what_is_in_it() {
        let [build, part, other] = std::array::from_fn(|_| Id::new());
        let edges = [(part, build, true), (other, build, true)];
        // No way: the answer falls back to the two ends.
        assert_eq!(path(&edges, (part, true), other), [part, other]);
    }
}
