//! The single points of failure of a node: nodes whose loss alone brings it down.

use super::failure::{Edge, follow};
use super::recorded::Missing;
use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use steward_core::resource::Id;

/// The way from each node whose loss brings another down to that one, the shortest first.
pub fn single_points(root: Id, edges: &[Edge], before: &Missing) -> Vec<Vec<Id>> {
    let (mut on, mut groups): (HashMap<Id, Vec<&Edge>>, HashMap<Id, Vec<&Edge>>) = (HashMap::new(), HashMap::new());
    for edge in edges {
        on.entry(edge.support).or_default().push(edge);
        if edge.group.is_some() {
            groups.entry(edge.dependent).or_default().push(edge);
        }
    }
    let standing = |fallen: &[Id]| -> Result<Vec<Edge>, Infallible> {
        let direct = fallen.iter().filter_map(|node| on.get(node)).flatten().copied();
        let grouped = direct.clone().filter(|edge| edge.group.is_some()).filter_map(|edge| groups.get(&edge.dependent)).flatten().copied();
        Ok(direct.chain(grouped).cloned().collect())
    };
    let candidates: BTreeSet<Id> = on.keys().copied().filter(|node| *node != root).collect();
    let mut found: Vec<Vec<Id>> = candidates
        .into_iter()
        .filter_map(|lost| {
            let Ok(loss) = follow(lost, before, standing);
            let through: HashMap<Id, Id> = loss.down.iter().copied().collect();
            through.contains_key(&root).then(|| {
                let mut path = vec![root];
                while let Some(before) = path.last().and_then(|last| through.get(last)) {
                    path.push(*before);
                }
                path.reverse();
                path
            })
        })
        .collect();
    found.sort_by_key(|path| (path.len(), path.first().copied()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_an_alternative_is_none_and_what_all_alternatives_stand_on_is_one() {
        let [shop, first, second, rack, network, report] = std::array::from_fn(|_| Id::new());
        let one_of = |support| Edge { group: Some(("nodes".into(), 1)), ..Edge::recorded(shop, support, true) };
        let hard = |dependent, support| Edge::recorded(dependent, support, true);
        let edges = [one_of(first), one_of(second), hard(first, rack), hard(second, rack), hard(shop, network), Edge::recorded(shop, report, false)];
        let found = single_points(shop, &edges, &Missing::default());
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0], [network, shop]);
        assert_eq!((found[1].first(), found[1].last(), found[1].len()), (Some(&rack), Some(&shop), 3));
        assert!(single_points(report, &[], &Missing::default()).is_empty());
        // While its twin is away, the other is one.
        let away = Missing { down: vec![second], absent: Vec::new() };
        let found = single_points(shop, &edges, &away);
        assert!(found.contains(&vec![first, shop]) && !found.iter().any(|path| path.first() == Some(&second)), "{found:?}");
    }
}
