//! Risk matrices as pure arithmetic: whether a grid is complete and monotone, and which level a place in it has.

/// A matrix without its names. Levels are numbered from 1, the least first.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// The least frequency of each likelihood level, per year.
    pub frequencies: Vec<f64>,
    /// The least loss of each impact level, and the loss below which it stays; none for the last if it has no end.
    pub losses: Vec<(f64, Option<f64>)>,
    /// The risk level of each likelihood (row) and impact (column).
    pub grid: Vec<Vec<i64>>,
    /// How many risk levels there are.
    pub levels: usize,
}

/// What is wrong with a grid, and in which row and column (from 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defect {
    /// There are not as many rows as likelihood levels.
    Rows,
    /// The row has not as many entries as there are impact levels.
    Columns(usize),
    /// There is no such risk level.
    Unknown(usize, usize),
    /// The level is lower than that of a lesser likelihood or impact.
    Falling(usize, usize),
}

impl Matrix {
    /// What keeps the grid from being complete and monotone.
    pub fn defects(&self) -> Vec<Defect> {
        let mut found = Vec::new();
        if self.grid.len() != self.frequencies.len() {
            found.push(Defect::Rows);
        }
        let short = self.grid.iter().enumerate().filter(|(_, row)| row.len() != self.losses.len());
        found.extend(short.map(|(at, _)| Defect::Columns(at)));
        for (at, row) in self.grid.iter().enumerate() {
            let above = at.checked_sub(1).and_then(|before| self.grid.get(before));
            for (column, level) in row.iter().enumerate() {
                let left = column.checked_sub(1).and_then(|before| row.get(before));
                let lesser = [left, above.and_then(|above| above.get(column))];
                if usize::try_from(*level).map_or(true, |level| level < 1 || level > self.levels) {
                    found.push(Defect::Unknown(at, column));
                } else if lesser.into_iter().flatten().any(|other| other > level) {
                    found.push(Defect::Falling(at, column));
                }
            }
        }
        found
    }

    /// The risk level at a likelihood and an impact.
    pub fn level(&self, likelihood: i64, impact: i64) -> Option<i64> {
        self.grid.get(index(likelihood)?)?.get(index(impact)?).copied()
    }

    /// The likelihood level of a frequency per year: the greatest that begins at or below it, else the least.
    pub fn likelihood_of(&self, frequency: f64) -> Option<i64> {
        place(self.frequencies.iter().copied(), frequency)
    }

    /// The impact level that is left of another when its loss is multiplied by a factor from 0 to 1. The loss of a level is taken
    /// at its middle: the geometric mean of its bounds, half its upper bound where it begins at 0, its lower bound where it has
    /// no end.
    pub fn impact_after(&self, impact: i64, factor: f64) -> Option<i64> {
        let (least, end) = *self.losses.get(index(impact)?)?;
        let middle = match end {
            Some(end) if least > 0.0 => (least * end).sqrt(),
            Some(end) => end / 2.0,
            None => least,
        };
        place(self.losses.iter().map(|(least, _)| *least), middle * factor).map(|reduced| reduced.min(impact))
    }

    /// Likelihood, impact and level of what is left: the likelihood level of a frequency, and the impact level that is left of
    /// another by a loss factor.
    pub fn left(&self, frequency: f64, impact: i64, factor: f64) -> Option<(i64, i64, i64)> {
        let (likelihood, impact) = (self.likelihood_of(frequency)?, self.impact_after(impact, factor)?);
        Some((likelihood, impact, self.level(likelihood, impact)?))
    }
}

fn index(number: i64) -> Option<usize> {
    usize::try_from(number).ok()?.checked_sub(1)
}

/// How far below its bound, as a share of it, a value still counts as having reached it: products of shares miss round bounds by
/// the rounding of binary fractions.
const ROUNDING: f64 = 1e-9;

/// The number of the last level that begins at or below a value; the first one if none does, and none if there are no levels.
fn place(begins: impl Iterator<Item = f64>, value: f64) -> Option<i64> {
    let begins: Vec<f64> = begins.collect();
    let reached = begins.iter().take_while(|begin| **begin * (1.0 - ROUNDING) <= value).count();
    (!begins.is_empty()).then(|| i64::try_from(reached.max(1)).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The 3 × 3 grid of ISO 31010, B.10.3, in its simplest form: low 1, medium 2, high 3.
    fn matrix() -> Matrix {
        Matrix {
            frequencies: vec![0.0, 0.1, 1.0],
            losses: vec![(0.0, Some(10_000.0)), (10_000.0, Some(100_000.0)), (100_000.0, None)],
            grid: vec![vec![1, 1, 2], vec![1, 2, 3], vec![2, 3, 3]],
            levels: 3,
        }
    }

    #[test]
    fn a_level_is_read_from_the_row_of_the_likelihood_and_the_column_of_the_impact() {
        assert_eq!(matrix().defects(), []);
        assert_eq!([matrix().level(1, 3), matrix().level(3, 1), matrix().level(2, 3)], [Some(2), Some(2), Some(3)]);
        assert_eq!([matrix().level(0, 1), matrix().level(4, 1), matrix().level(1, 4)], [None; 3]);
    }

    #[test]
    fn a_grid_is_complete_and_never_falls() {
        let with = |grid: Vec<Vec<i64>>| Matrix { grid, ..matrix() }.defects();
        assert_eq!(with(vec![vec![1, 1, 2], vec![1, 2, 3]]), [Defect::Rows]);
        assert_eq!(with(vec![vec![1, 1, 2], vec![1, 2], vec![2, 3, 3]]), [Defect::Columns(1)]);
        assert_eq!(with(vec![vec![1, 1, 2], vec![1, 2, 4], vec![2, 3, 3]]), [Defect::Unknown(1, 2), Defect::Falling(2, 2)]);
        assert_eq!(with(vec![vec![2, 1, 2], vec![2, 2, 3], vec![1, 3, 3]]), [Defect::Falling(0, 1), Defect::Falling(2, 0)]);
    }

    #[test]
    fn a_frequency_belongs_to_the_level_that_it_has_reached() {
        let of = |frequency| matrix().likelihood_of(frequency);
        assert_eq!([of(0.0), of(0.099), of(0.1), of(0.99), of(1.0), of(50.0)], [1, 1, 2, 2, 3, 3].map(Some));
        let no_zero = Matrix { frequencies: vec![0.01, 0.1, 1.0], ..matrix() };
        assert_eq!(no_zero.likelihood_of(0.001), Some(1));
        // A control of 0.9 leaves 1 - 0.9 of once a year, which binary fractions make a little less than 0.1.
        assert_eq!(matrix().likelihood_of(1.0 - 0.9), Some(2));
    }

    #[test]
    fn an_impact_falls_with_its_loss() {
        // The middle of 10,000 to 100,000 is √(10⁴·10⁵) = 31,623: a third of it is 10,541, a quarter 7,906.
        let after = |factor| matrix().impact_after(2, factor);
        assert_eq!([after(1.0), after(1.0 / 3.0), after(0.25), after(0.0)], [2, 2, 1, 1].map(Some));
        // The last one begins at 100,000 and has no end: the least reduction brings it down.
        assert_eq!([matrix().impact_after(3, 1.0), matrix().impact_after(3, 0.5)], [3, 2].map(Some));
        assert_eq!(matrix().impact_after(4, 1.0), None);
    }

    #[test]
    fn what_is_left_has_a_place_of_its_own() {
        // 4 a year and impact 3 are high; 0.4 a year and 0.4 of the loss are medium.
        assert_eq!(matrix().left(4.0, 3, 1.0), Some((3, 3, 3)));
        assert_eq!(matrix().left(0.4, 3, 0.4), Some((2, 2, 2)));
        assert_eq!(matrix().left(0.4, 9, 0.4), None);
    }
}
