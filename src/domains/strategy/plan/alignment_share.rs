//! How much of what is weighed serves something, over a graph of contributions: the calculation alone.

use std::collections::HashSet;
use steward_core::resource::Id;
use steward_core::view::grouped;

/// Contributions: from, to.
pub type Edges = Vec<(Id, Id)>;

/// All that contribute to one of some goals, themselves or through others; the goals included.
pub fn contributing(edges: &[(Id, Id)], goals: impl IntoIterator<Item = Id>) -> HashSet<Id> {
    follow(edges.iter().map(|(from, to)| (*to, *from)), goals)
}

/// All that some contribute to, themselves or through others; they included.
pub fn served(edges: &[(Id, Id)], sources: impl IntoIterator<Item = Id>) -> HashSet<Id> {
    follow(edges.iter().copied(), sources)
}

fn follow(steps: impl Iterator<Item = (Id, Id)>, starts: impl IntoIterator<Item = Id>) -> HashSet<Id> {
    let onward = grouped(steps);
    let mut found: HashSet<Id> = starts.into_iter().collect();
    let mut frontier: Vec<Id> = found.iter().copied().collect();
    while let Some(node) = frontier.pop() {
        frontier.extend(onward.get(&node).into_iter().flatten().copied().filter(|next| found.insert(*next)));
    }
    found
}

/// Σ weight of those that are aligned, and Σ weight of all.
pub fn weights(weighed: &[(Id, f64)], aligned: &HashSet<Id>) -> (f64, f64) {
    let sum = |counts: &dyn Fn(&Id) -> bool| weighed.iter().filter(|(id, _)| counts(id)).map(|(_, weight)| weight).sum();
    (sum(&|id| aligned.contains(id)), sum(&|_| true))
}

/// Aligned weight / weight; unknown when nothing weighs anything.
pub fn share((aligned, all): (f64, f64)) -> Option<f64> {
    (all > 0.0).then(|| aligned / all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes<const N: usize>() -> [Id; N] {
        std::array::from_fn(|_| Id::new())
    }

    #[test]
    fn a_path_leads_through_parents_key_results_and_alignments() {
        let [theme, company, team, key_result, other, lost] = nodes();
        // Team is under company, which is under the theme; other is aligned to a key result of team; lost to nothing.
        let edges = [(company, theme), (team, company), (key_result, team), (other, key_result)];
        let found = contributing(&edges, [theme]);
        assert!([company, team, key_result, other].iter().all(|node| found.contains(node)) && !found.contains(&lost));
        assert_eq!(served(&edges, [other]), HashSet::from([other, key_result, team, company, theme]));
        assert_eq!(served(&edges, [lost]), HashSet::from([lost]));
    }

    #[test]
    fn a_key_result_that_serves_a_theme_does_not_carry_its_objective_there() {
        let [theme, themed, objective, key_result] = nodes();
        let edges = [(themed, theme), (key_result, objective), (key_result, themed)];
        let found = contributing(&edges, [theme]);
        assert!(found.contains(&key_result) && !found.contains(&objective));
    }

    #[test]
    fn alignment_is_the_share_of_the_weight() {
        let [first, second, third] = nodes();
        let weighed = [(first, 3.0), (second, 1.0), (third, 4.0)];
        // By hand: (3 + 1)/(3 + 1 + 4).
        assert_eq!(weights(&weighed, &HashSet::from([first, second])), (4.0, 8.0));
        assert_eq!(share((4.0, 8.0)), Some(0.5));
        assert_eq!(share(weights(&weighed, &HashSet::new())), Some(0.0));
        assert_eq!(share(weights(&[], &HashSet::from([first]))), None, "nothing to align");
    }

    #[test]
    fn a_circle_ends() {
        let [first, second] = nodes();
        assert_eq!(contributing(&[(first, second), (second, first)], [first]), HashSet::from([first, second]));
    }
}
