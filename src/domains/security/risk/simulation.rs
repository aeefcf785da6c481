//! The loss of a year, drawn many times: how many events, and what each costs.

use super::expected_loss::{LossModel, Spread, lognormal};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal, Pert, Poisson};

/// The figures of many drawn years.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation, by n − 1.
    pub standard_deviation: f64,
    /// The losses that 50, 90, 95 and 99 of 100 years do not exceed.
    pub percentiles: [f64; 4],
    /// The mean of the worst hundredth of the years.
    pub expected_shortfall: f64,
    /// Losses, and the share of the years that exceed each.
    pub exceedance: Vec<(f64, f64)>,
}

/// The number of points of an exceedance curve.
const POINTS: u32 = 100;

/// The number of draws that a run comes to: one a year, and one or two an event.
pub fn draws(model: &LossModel, trials: usize) -> f64 {
    trials as f64 * (1.0 + model.frequency.mean() * (1.0 + model.secondary.map_or(0.0, |(probability, _)| probability)))
}

/// The loss of each of some years. The same seed and stream give the same losses; streams of one seed are independent. None if a
/// distribution cannot be drawn from.
pub fn draw(model: &LossModel, trials: usize, seed: u64, stream: u64) -> Option<Vec<f64>> {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(stream);
    let (frequency, loss) = (Sampler::of(model.frequency)?, Sampler::of(model.loss)?);
    let secondary = match model.secondary {
        Some((probability, loss)) => Some((probability, Sampler::of(loss)?)),
        None => None,
    };
    let fixed = match model.frequency {
        Spread::Exact(often) if often > 0.0 => Some(Poisson::new(often).ok()?),
        _ => None,
    };
    let mut years = Vec::with_capacity(trials);
    for _ in 0..trials {
        let events = match fixed {
            Some(poisson) => poisson.sample(&mut generator),
            None => match frequency.sample(&mut generator) {
                often if often > 0.0 => Poisson::new(often).ok()?.sample(&mut generator),
                _ => 0.0,
            },
        };
        let mut total = 0.0;
        for _ in 0..events as u64 {
            total += loss.sample(&mut generator);
            if let Some((probability, secondary)) = &secondary
                && generator.random::<f64>() < *probability
            {
                total += secondary.sample(&mut generator);
            }
        }
        years.push(total * model.factor);
    }
    Some(years)
}

/// A distribution to draw from.
enum Sampler {
    Exact(f64),
    LogNormal(LogNormal<f64>),
    Pert(Pert<f64>),
}

impl Sampler {
    fn of(spread: Spread) -> Option<Sampler> {
        Some(match spread {
            Spread::Exact(value) => Sampler::Exact(value),
            Spread::Interval(low, high) => {
                let (mu, sigma) = lognormal(low, high);
                Sampler::LogNormal(LogNormal::new(mu, sigma).ok()?)
            }
            Spread::Pert(least, mode, most) => Sampler::Pert(Pert::new(least, most).with_mode(mode).ok()?),
        })
    }

    fn sample(&self, generator: &mut ChaCha8Rng) -> f64 {
        match self {
            Sampler::Exact(value) => *value,
            Sampler::LogNormal(lognormal) => lognormal.sample(generator),
            Sampler::Pert(pert) => pert.sample(generator),
        }
    }
}

/// The figures of some years; none without any.
pub fn summary(mut years: Vec<f64>) -> Option<Summary> {
    let count = years.len();
    years.sort_unstable_by(f64::total_cmp);
    let highest = *years.last()?;
    let mean = years.iter().sum::<f64>() / count as f64;
    let squares: f64 = years.iter().map(|loss| (loss - mean).powi(2)).sum();
    // The nearest rank: the least loss that so many of 1,000 years do not exceed.
    let rank = |thousandths: usize| years.get((count * thousandths).div_ceil(1000).saturating_sub(1)).copied().unwrap_or(highest);
    let worst = years.get(count - count.div_ceil(100)..).unwrap_or_default();
    let end = if rank(999) > 0.0 { rank(999) } else { highest };
    let exceeded = |loss: f64| (count - years.partition_point(|each| *each <= loss)) as f64 / count as f64;
    let point = |at: u32| end * f64::from(at) / f64::from(POINTS - 1);
    Some(Summary {
        mean,
        standard_deviation: (squares / (count.max(2) - 1) as f64).sqrt(),
        percentiles: [rank(500), rank(900), rank(950), rank(990)],
        expected_shortfall: worst.iter().sum::<f64>() / worst.len() as f64,
        exceedance: (0..POINTS).map(|at| (point(at), exceeded(point(at)))).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(frequency: Spread, loss: Spread) -> LossModel {
        LossModel { frequency, loss, secondary: None, factor: 1.0 }
    }

    #[test]
    fn the_mean_lies_within_three_standard_errors_of_the_closed_form() {
        let mut checked = 0;
        let frequencies = [0.05, 0.4, 1.0, 3.0, 12.0].map(Spread::Exact).into_iter().chain([Spread::Pert(0.0, 0.5, 4.0), Spread::Pert(1.0, 2.0, 9.0)]);
        for frequency in frequencies {
            for loss in [
                Spread::Interval(10_000.0, 100_000.0),
                Spread::Interval(20_000.0, 400_000.0),
                Spread::Interval(500_000.0, 900_000.0),
                Spread::Pert(0.0, 60_000.0, 120_000.0),
            ] {
                for secondary in [None, Some((0.2, Spread::Interval(50_000.0, 500_000.0)))] {
                    let trials = 50_000;
                    let model = LossModel { frequency, loss, secondary, factor: 0.5 };
                    let drawn = summary(draw(&model, trials, 1, 0).unwrap()).unwrap();
                    let error = drawn.standard_deviation / (trials as f64).sqrt();
                    let expected = model.mean();
                    assert!((drawn.mean - expected).abs() <= 3.0 * error, "{model:?}: {} is not {expected} ± {error}", drawn.mean);
                    checked += 1;
                }
            }
        }
        assert_eq!(checked, 56);
    }

    #[test]
    fn the_same_seed_gives_the_same_years_and_another_seed_or_stream_others() {
        let model =
            LossModel { frequency: Spread::Exact(1.5), loss: Spread::Interval(1e4, 1e5), secondary: Some((0.3, Spread::Interval(1e3, 1e4))), factor: 1.0 };
        let years = |seed, stream| draw(&model, 1_000, seed, stream).unwrap();
        assert_eq!(years(42, 0), years(42, 0));
        assert_ne!(years(42, 0), years(43, 0));
        assert_ne!(years(42, 0), years(42, 1));
    }

    #[test]
    fn a_year_without_an_event_is_as_frequent_as_poisson_says() {
        // P(N = 0) = e^−λ: 0.670320 of the years for λ = 0.4.
        let drawn = summary(draw(&model(Spread::Exact(0.4), Spread::Interval(1e4, 1e5)), 100_000, 1, 0).unwrap()).unwrap();
        let (loss, share) = drawn.exceedance[0];
        assert_eq!(loss, 0.0);
        assert!((share - (1.0 - 0.670_320)).abs() < 0.005, "{share}");
        assert_eq!(drawn.percentiles[0], 0.0, "half of the years cost nothing");
    }

    #[test]
    fn the_spread_is_that_of_a_compound_poisson_distribution() {
        // Var = λ · E(X²) = λ · exp(2μ + 2σ²): McNeil, Frey, Embrechts, Quantitative Risk Management, 10.2.2.
        let (mu, sigma) = lognormal(1e4, 1e5);
        let expected = (2.0 * (2.0 * mu + 2.0 * sigma * sigma).exp()).sqrt();
        let drawn = summary(draw(&model(Spread::Exact(2.0), Spread::Interval(1e4, 1e5)), 200_000, 1, 0).unwrap()).unwrap();
        assert!((drawn.standard_deviation / expected - 1.0).abs() < 0.02, "{} is not {expected}", drawn.standard_deviation);
    }

    #[test]
    fn percentiles_and_the_shortfall_are_those_of_the_ranked_years() {
        let found = summary((1..=1000).rev().map(f64::from).collect()).unwrap();
        assert_eq!((found.mean, found.percentiles), (500.5, [500.0, 900.0, 950.0, 990.0]));
        // The mean of the ten worst: 991 to 1000.
        assert_eq!(found.expected_shortfall, 995.5);
        // Σ(x − 500.5)² = 1000 · (1000² − 1)/12, by 999.
        assert!((found.standard_deviation - (1000.0 * 999_999.0 / 12.0 / 999.0f64).sqrt()).abs() < 1e-9);
        assert_eq!((found.exceedance.len(), found.exceedance[0], found.exceedance[99]), (100, (0.0, 1.0), (999.0, 0.001)));
        assert_eq!(summary(Vec::new()), None);
    }

    #[test]
    fn what_never_happens_costs_nothing() {
        let years = draw(&model(Spread::Exact(0.0), Spread::Interval(1.0, 2.0)), 10, 1, 0).unwrap();
        assert_eq!(summary(years).unwrap().expected_shortfall, 0.0);
    }
}
