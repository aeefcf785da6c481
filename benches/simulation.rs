//! Speed of drawing losses: `cargo bench --bench simulation`, a million years of some risks, as years a second and beside a bare loop that
//! draws the same numbers and keeps none of them.
#![allow(missing_docs, reason = "a program")]

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal, Poisson};
use std::hint::black_box;
use std::time::Instant;
use steward::domains::security::expected_loss::{LossModel, Spread, lognormal};
use steward::domains::security::simulation::{draw, draws, summary};

const TRIALS: usize = 1_000_000;
const ROUNDS: u32 = 5;
const LOW: f64 = 2_000_000.0;
const HIGH: f64 = 40_000_000.0;

fn main() {
    for often in [0.1, 0.4, 1.0, 5.0] {
        let model = LossModel { frequency: Spread::Exact(often), loss: Spread::Interval(LOW, HIGH), secondary: None, factor: 1.0 };
        let (mut whole, mut bare) = (0.0, 0.0);
        // In turns, so that a slow moment hits both.
        for seed in 0..u64::from(ROUNDS) {
            whole += seconds(|| summary(draw(&model, TRIALS, seed, 0).expect("years")).expect("figures").mean);
            bare += seconds(|| bare_loop(often, seed));
        }
        let each = whole / f64::from(ROUNDS);
        println!(
            "{often} events a year, {:.1} million draws: {each:.2} s, {:.2} million years a second, {:.2} times a bare loop",
            draws(&model, TRIALS) / 1e6,
            TRIALS as f64 / each / 1e6,
            whole / bare
        );
    }
}

/// The same draws, summed.
fn bare_loop(often: f64, seed: u64) -> f64 {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let (mu, sigma) = lognormal(LOW, HIGH);
    let (events, loss) = (Poisson::new(often).expect("a distribution"), LogNormal::new(mu, sigma).expect("a distribution"));
    let mut total = 0.0;
    for _ in 0..TRIALS {
        for _ in 0..events.sample(&mut generator) as u64 {
            total += loss.sample(&mut generator);
        }
    }
    total
}

fn seconds(work: impl FnOnce() -> f64) -> f64 {
    let since = Instant::now();
    black_box(work());
    since.elapsed().as_secs_f64()
}
