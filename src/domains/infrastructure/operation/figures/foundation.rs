//! What a node rests on, by path: a pure function of the edges under it.

use crate::operation::failure::Edge;
use std::collections::{HashMap, HashSet, VecDeque};
use steward_core::choice;
use steward_core::resource::Id;

choice! {
    /// Need of a node for another: the weakest link of the path.
    pub enum Need {
        /// Each link is `requires` or `hosts`.
        Required = "required",
        /// A link is one of several alternatives.
        Alternative = "alternative",
        /// A link is `uses` or `replicates` only.
        Used = "used",
    }
}

/// Something that a node rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    /// Which.
    pub support: Id,
    /// The weakest link of the path.
    pub need: Need,
    /// The nodes from the one that rests to this one, both included.
    pub path: Vec<Id>,
}

/// Everything that a node rests on, each once by the path whose weakest link is the strongest, and of these the shortest; what is required
/// first, then by the length of the path.
pub fn rests_on(root: Id, edges: &[Edge]) -> Vec<Rest> {
    let mut under: HashMap<Id, Vec<&Edge>> = HashMap::new();
    edges.iter().for_each(|edge| under.entry(edge.dependent).or_default().push(edge));
    let (mut known, mut through, mut found): (HashSet<Id>, HashMap<Id, Id>, Vec<(Id, Need)>) = (HashSet::from([root]), HashMap::new(), Vec::new());
    for need in [Need::Required, Need::Alternative, Need::Used] {
        let mut open: VecDeque<Id> = [root].into_iter().chain(found.iter().map(|(support, _)| *support)).collect();
        while let Some(at) = open.pop_front() {
            let links = under.get(&at).into_iter().flatten().filter(|edge| link(edge) <= need);
            for support in links.map(|edge| edge.support) {
                if known.insert(support) {
                    through.insert(support, at);
                    found.push((support, need));
                    open.push_back(support);
                }
            }
        }
    }
    found.into_iter().map(|(support, need)| Rest { support, need, path: path(support, &through) }).collect()
}

/// How strong one link is.
fn link(edge: &Edge) -> Need {
    match (edge.hard, &edge.group) {
        (false, _) => Need::Used,
        (true, Some(_)) => Need::Alternative,
        (true, None) => Need::Required,
    }
}

/// The nodes from the first one to this one; each was reached through one that was reached before it.
pub fn path(node: Id, through: &HashMap<Id, Id>) -> Vec<Id> {
    let mut path = vec![node];
    while let Some(before) = path.last().and_then(|last| through.get(last)) {
        path.push(*before);
    }
    path.reverse();
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_with_the_strongest_links_counts_even_if_it_is_longer() {
        let [shop, database, first, second, rack, report] = std::array::from_fn(|_| Id::new());
        let one_of = |support| Edge { group: Some(("nodes".into(), 1)), ..Edge::recorded(database, support, true) };
        let edges = [
            Edge::recorded(shop, database, true),
            one_of(first),
            one_of(second),
            Edge::recorded(first, rack, true),
            Edge::recorded(shop, rack, false),
            Edge::recorded(shop, report, false),
            Edge::recorded(report, shop, true),
        ];
        let found: Vec<(Id, Need, Vec<Id>)> = rests_on(shop, &edges).into_iter().map(|rest| (rest.support, rest.need, rest.path)).collect();
        let expected = [
            (database, Need::Required, vec![shop, database]),
            (first, Need::Alternative, vec![shop, database, first]),
            (second, Need::Alternative, vec![shop, database, second]),
            (rack, Need::Alternative, vec![shop, database, first, rack]),
            (report, Need::Used, vec![shop, report]),
        ];
        assert_eq!(found, expected);
        assert!(rests_on(rack, &edges).is_empty());
    }
}
