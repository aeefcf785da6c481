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
                let (mu, sigma) = lognormal(low, high);
                (mu + sigma * sigma / 2.0).exp()
            }
            Spread::Pert(least, mode, most) => (least + 4.0 * mode + most) / 6.0,
        }
    }
}

/// μ and σ of the lognormal distribution nine tenths of which lie between two values.
pub fn lognormal(low: f64, high: f64) -> (f64, f64) {
    let sigma = (high.ln() - low.ln()) / SPAN_90;
    (low.ln() + LOWER_90 * sigma, sigma)
}

/// What the loss of a year is drawn from. Amounts are in the minor unit of one currency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LossModel {
    /// How often a year.
    pub frequency: Spread,
    /// What one event costs.
    pub loss: Spread,
    /// With which probability others make it cost more, and how much.
    pub secondary: Option<(f64, Spread)>,
    /// The share of the loss that controls leave.
    pub factor: f64,
}

impl LossModel {
    /// The same with losses so many times as great, as in another currency.
    pub fn times(self, rate: f64) -> LossModel {
        LossModel { factor: self.factor * rate, ..self }
    }

    /// The expected loss of a year: E(frequency) · (E(loss) + probability · E(secondary loss)) · factor.
    pub fn mean(&self) -> f64 {
        let secondary = self.secondary.map_or(0.0, |(probability, loss)| probability * loss.mean());
        self.frequency.mean() * (self.loss.mean() + secondary) * self.factor
    }
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
        let model = LossModel { frequency: Spread::Exact(0.5), loss: Spread::Pert(0.0, 60_000.0, 120_000.0), secondary: None, factor: 1.0 };
        near(model.mean(), 30_000.0);
        near(LossModel { secondary: Some((0.1, Spread::Exact(200_000.0))), factor: 0.5, ..model }.mean(), 20_000.0);
    }
}
