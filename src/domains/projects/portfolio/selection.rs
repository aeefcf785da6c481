//! The choice of a portfolio: the greatest value within money, hours and risk.

/// Something that can be chosen. Amounts of the three resources are in the order of the limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Its value.
    pub value: f64,
    /// Cost, hours and risk.
    pub uses: [f64; 3],
}

/// What may be used of cost, hours and risk; none without a limit.
pub type Limits = [Option<f64>; 3];

/// A choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Whether each candidate is chosen.
    pub chosen: Vec<bool>,
    /// True if no other choice is worth more.
    pub optimal: bool,
}

/// The most choices that are compared.
const MOST_STEPS: usize = 1_000_000;

/// The choice of the greatest value (0/1 knapsack by branch and bound). What has no value is not chosen.
pub fn choose(candidates: &[Candidate], limits: &Limits) -> Choice {
    let mut order: Vec<usize> = (0..candidates.len()).filter(|at| candidates[*at].value > 0.0).collect();
    let density = |at: &usize| {
        let shares = candidates[*at].uses.iter().zip(limits).map(|(uses, limit)| limit.map_or(0.0, |limit| if limit > 0.0 { uses / limit } else { *uses }));
        candidates[*at].value / shares.sum::<f64>().max(1e-12)
    };
    order.sort_by(|one, other| density(other).total_cmp(&density(one)).then(one.cmp(other)));
    let mut search =
        Search { candidates, limits, order: &order, best: -1.0, chosen: vec![false; candidates.len()], current: vec![false; candidates.len()], steps: 0 };
    search.branch(0, 0.0, [0.0; 3]);
    Choice { optimal: search.steps <= MOST_STEPS, chosen: search.chosen }
}

struct Search<'a> {
    candidates: &'a [Candidate],
    limits: &'a Limits,
    order: &'a [usize],
    best: f64,
    chosen: Vec<bool>,
    current: Vec<bool>,
    steps: usize,
}

impl Search<'_> {
    fn branch(&mut self, depth: usize, value: f64, used: [f64; 3]) {
        self.steps += 1;
        if value > self.best {
            self.best = value;
            self.chosen.clone_from(&self.current);
        }
        let Some(at) = self.order.get(depth).copied() else { return };
        if self.steps > MOST_STEPS || self.bound(depth, value, used) <= self.best {
            return;
        }
        let candidate = self.candidates[at];
        let with: [f64; 3] = std::array::from_fn(|resource| used[resource] + candidate.uses[resource]);
        if fits(&with, self.limits) {
            self.current[at] = true;
            self.branch(depth + 1, value + candidate.value, with);
            self.current[at] = false;
        }
        self.branch(depth + 1, value, used);
    }

    /// What could be reached at most: by the scarcest resource alone, parts of candidates allowed.
    fn bound(&self, depth: usize, value: f64, used: [f64; 3]) -> f64 {
        let rest: f64 = self.order[depth..].iter().map(|at| self.candidates[*at].value).sum();
        let of = |resource: usize| {
            let Some(mut left) = self.limits[resource].map(|limit| limit - used[resource]) else { return rest };
            let mut parts: Vec<(f64, f64)> = self.order[depth..].iter().map(|at| (self.candidates[*at].value, self.candidates[*at].uses[resource])).collect();
            parts.sort_by(|one, other| (other.0 * one.1).total_cmp(&(one.0 * other.1)));
            let mut reached = 0.0;
            for (worth, uses) in parts {
                let share = if uses <= left || uses <= 0.0 { 1.0 } else { (left / uses).max(0.0) };
                reached += worth * share;
                left -= uses * share;
            }
            reached
        };
        value + (0..3).map(of).fold(rest, f64::min)
    }
}

/// Whether some use is within the limits.
pub fn fits(used: &[f64; 3], limits: &Limits) -> bool {
    used.iter().zip(limits).all(|(used, limit)| limit.is_none_or(|limit| *used <= limit + 1e-9))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(value: f64, cost: f64, hours: f64, risk: f64) -> Candidate {
        Candidate { value, uses: [cost, hours, risk] }
    }

    #[test]
    fn the_knapsack_of_the_textbook_is_solved() {
        // Rosetta Code, Knapsack problem/0-1: values and weights of the first items, weight 400; the best is 1030 with 396 of all 22.
        let items: [(f64, f64); 22] = [
            (150.0, 9.0),
            (35.0, 13.0),
            (200.0, 153.0),
            (160.0, 50.0),
            (60.0, 15.0),
            (45.0, 68.0),
            (60.0, 27.0),
            (40.0, 39.0),
            (30.0, 23.0),
            (10.0, 52.0),
            (70.0, 11.0),
            (30.0, 32.0),
            (15.0, 24.0),
            (10.0, 48.0),
            (40.0, 73.0),
            (70.0, 42.0),
            (75.0, 43.0),
            (80.0, 22.0),
            (20.0, 7.0),
            (12.0, 18.0),
            (50.0, 4.0),
            (10.0, 30.0),
        ];
        let candidates = items.map(|(value, weight)| candidate(value, weight, 0.0, 0.0));
        let choice = choose(&candidates, &[Some(400.0), None, None]);
        let total =
            |of: &dyn Fn(&Candidate) -> f64| candidates.iter().zip(&choice.chosen).filter(|(_, chosen)| **chosen).map(|(each, _)| of(each)).sum::<f64>();
        assert_eq!((total(&|each| each.value), total(&|each| each.uses[0]), choice.optimal), (1_030.0, 396.0, true));
    }

    #[test]
    fn each_limit_can_bind() {
        let candidates = [candidate(10.0, 5.0, 1.0, 1.0), candidate(8.0, 1.0, 5.0, 1.0), candidate(6.0, 1.0, 1.0, 5.0), candidate(0.0, 0.0, 0.0, 0.0)];
        let chosen = |limits: Limits| choose(&candidates, &limits).chosen;
        assert_eq!(chosen([None, None, None]), [true, true, true, false]);
        assert_eq!(chosen([Some(4.0), None, None]), [false, true, true, false]);
        assert_eq!(chosen([None, Some(4.0), None]), [true, false, true, false]);
        assert_eq!(chosen([None, None, Some(4.0)]), [true, true, false, false]);
        assert_eq!(chosen([Some(0.0), Some(0.0), Some(0.0)]), [false; 4]);
        assert!(fits(&[0.1 + 0.2, 0.0, 0.0], &[Some(0.3), None, None]));
    }
}
