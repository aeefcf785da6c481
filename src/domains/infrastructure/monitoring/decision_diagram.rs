//! Binary decision diagrams: when a structure stands, by which of its parts do, with everything that is alike in it held once.
//!
//! Bryant, Graph-Based Algorithms for Boolean Function Manipulation (1986); Rauzy, New Algorithms for Fault Trees Analysis (1993).

use std::collections::HashMap;

/// How many steps and nodes a structure may cost.
const MOST: usize = 300_000;

/// A node of a diagram, by its place.
pub type Node = usize;

/// What never stands.
pub const DOWN: Node = 0;
/// What always stands.
pub const UP: Node = 1;

/// A part, and what follows if it is up and if it is down.
type Branch = (usize, Node, Node);

/// Diagrams that share their nodes. Every operation gives none once they have cost too much.
#[derive(Debug, Default)]
pub struct Diagrams {
    branches: Vec<Branch>,
    places: HashMap<Branch, Node>,
    chosen: HashMap<(Node, Node, Node), Node>,
}

impl Diagrams {
    /// What stands as one thing if a part is up, and as another if it is down; both are of later parts.
    pub fn node(&mut self, part: usize, up: Node, down: Node) -> Option<Node> {
        if up == down {
            return Some(up);
        }
        if let Some(place) = self.places.get(&(part, up, down)) {
            return Some(*place);
        }
        if self.branches.len() >= MOST {
            return None;
        }
        let place = self.branches.len() + 2;
        self.branches.push((part, up, down));
        self.places.insert((part, up, down), place);
        Some(place)
    }

    fn branch(&self, node: Node) -> Option<Branch> {
        self.branches.get(node.checked_sub(2)?).copied()
    }

    /// What stands as `up` where the condition does, and as `down` where it does not.
    fn choose(&mut self, condition: Node, up: Node, down: Node) -> Option<Node> {
        match (condition, up, down) {
            (UP, ..) => return Some(up),
            (DOWN, ..) => return Some(down),
            (_, UP, DOWN) => return Some(condition),
            _ if up == down => return Some(up),
            _ => {}
        }
        if let Some(known) = self.chosen.get(&(condition, up, down)) {
            return Some(*known);
        }
        if self.chosen.len() >= MOST {
            return None;
        }
        let part = [condition, up, down].iter().filter_map(|node| Some(self.branch(*node)?.0)).min()?;
        let split = |node: Node| self.branch(node).filter(|branch| branch.0 == part).map_or((node, node), |(_, up, down)| (up, down));
        let [condition_of, up_of, down_of] = [condition, up, down].map(split);
        let above = self.choose(condition_of.0, up_of.0, down_of.0)?;
        let below = self.choose(condition_of.1, up_of.1, down_of.1)?;
        let node = self.node(part, above, below)?;
        self.chosen.insert((condition, up, down), node);
        Some(node)
    }

    /// What stands where both do.
    pub fn both(&mut self, one: Node, other: Node) -> Option<Node> {
        self.choose(one.min(other), one.max(other), DOWN)
    }

    /// What stands where at least so many of some do.
    pub fn at_least(&mut self, of: &[Node], must_stand: usize) -> Option<Node> {
        if must_stand > of.len() {
            return Some(DOWN);
        }
        // By how many must still stand, after the last, then after the one before it, …
        let mut enough = vec![DOWN; must_stand + 1];
        enough.first_mut().into_iter().for_each(|none| *none = UP);
        for node in of.iter().rev() {
            for still in (1..enough.len()).rev() {
                let (without, with) = (*enough.get(still)?, *enough.get(still - 1)?);
                let chosen = self.choose(*node, with, without)?;
                enough.get_mut(still).into_iter().for_each(|place| *place = chosen);
            }
        }
        enough.last().copied()
    }

    /// The probability that it stands, with those of the parts, which fail independently.
    pub fn probability(&self, node: Node, shares: &[f64]) -> f64 {
        let mut known = vec![0.0, 1.0];
        // A node comes after those that it leads to.
        for (part, up, down) in &self.branches {
            let share = shares.get(*part).copied().unwrap_or(1.0);
            let of = |node: &Node| known.get(*node).copied().unwrap_or_default();
            known.push(share * of(up) + (1.0 - share) * of(down));
        }
        known.get(node).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} instead of {expected}");
    }

    /// The probability that at least so many of independent parts stand.
    fn at_least(shares: &[f64], must_stand: usize) -> f64 {
        let mut diagrams = Diagrams::default();
        let parts: Vec<Node> = (0..shares.len()).map(|part| diagrams.node(part, UP, DOWN).unwrap()).collect();
        let whole = diagrams.at_least(&parts, must_stand).unwrap();
        diagrams.probability(whole, shares)
    }

    #[test]
    fn so_many_of_a_group_stand_with_the_probability_of_the_book() {
        // 2 of 3 at 0.9: 3 · 0.9² · 0.1 + 0.9³ (Trivedi, Probability and Statistics with Reliability, triple modular redundancy: 3R² − 2R³).
        near(at_least(&[0.9, 0.9, 0.9], 2), 0.972);
        near(at_least(&[0.99, 0.95], 1), 1.0 - 0.01 * 0.05);
        near(at_least(&[0.99, 0.95], 2), 0.99 * 0.95);
        near(at_least(&[0.5], 2), 0.0);
        near(at_least(&[], 0), 1.0);
        // 3 of 5 at 0.5: (10 + 5 + 1) ÷ 32.
        near(at_least(&[0.5; 5], 3), 0.5);
    }

    #[test]
    fn the_same_part_twice_is_one_part() {
        let mut diagrams = Diagrams::default();
        let part = diagrams.node(0, UP, DOWN).unwrap();
        let whole = diagrams.both(part, part).unwrap();
        assert_eq!(whole, part);
        near(diagrams.probability(whole, &[0.9]), 0.9);
    }
}
