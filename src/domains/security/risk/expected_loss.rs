//! The expected loss of a year, in closed form: the mean that a simulation of the same quantification comes to.

/// How many standard deviations lie between the ends of a 90 % interval of a normal distribution: 2 · 1.64485.
const SPAN_90: f64 = 3.28971;
/// How many lie between its lower end and its middle.
const LOWER_90: f64 = 1.64485;

/// A quantity of which only a distribution is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spread {
    /// Known exactly.
    Exact(f64),
    /// Between these with a probability of 90 %, lognormal; both greater than 0.
    Interval(f64, f64),
    /// At least, most likely, at most (PERT).
    Pert(f64, f64, f64),
}

impl Spread {
    /// Its mean: exp(μ + σ²/2) of a lognormal with σ = (ln ub − ln lb)/3.28971 and μ = ln lb + 1.64485σ; (min + 4·mode + max)/6
    /// of a PERT.
    pub fn mean(self) -> f64 {
        match self {
            Spread::Exact(value) => value,
            Spread::Interval(low, high) => {
                let sigma = (high.ln() - low.ln()) / SPAN_90;
                (low.ln() + LOWER_90 * sigma + sigma * sigma / 2.0).exp()
            }
            Spread::Pert(least, mode, most) => (least + 4.0 * mode + most) / 6.0,
        }
    }
}

/// The expected loss of a year: E(frequency) · (E(loss) + probability · E(secondary loss)).
pub fn of_year(frequency: Spread, loss: Spread, secondary: Option<(f64, Spread)>) -> f64 {
    frequency.mean() * (loss.mean() + secondary.map_or(0.0, |(probability, loss)| probability * loss.mean()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() < 1e-6, "{found} is not {expected}");
    }

    #[test]
    fn an_interval_is_lognormal_and_its_mean_lies_above_its_middle() {
        // ln 10⁴ = 9.210340, ln 10⁵ = 11.512925: σ = 2.302585/3.28971 = 0.699935, μ = 10.361628; e^(10.361628 + 0.244955) = 40,401.
        let mean = Spread::Interval(10_000.0, 100_000.0).mean();
        assert!((mean - 40_401.0).abs() < 20.0, "{mean}");
    }

    #[test]
    fn a_pert_leans_on_its_mode() {
        near(Spread::Pert(1.0, 2.0, 9.0).mean(), 3.0);
    }

    #[test]
    fn a_year_costs_how_often_times_how_much() {
        near(of_year(Spread::Exact(0.5), Spread::Pert(0.0, 60_000.0, 120_000.0), None), 30_000.0);
        near(of_year(Spread::Exact(0.5), Spread::Exact(60_000.0), Some((0.1, Spread::Exact(200_000.0)))), 40_000.0);
    }
}
