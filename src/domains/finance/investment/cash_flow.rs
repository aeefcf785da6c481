//! What cash flows are worth: the calculation alone.

use rust_decimal::Decimal;
use steward_core::resource::value::round_half_away;

/// Σ CF_t ÷ (1 + r)^t in minor units, in decimals and rounded once, half away from zero.
pub fn net_present_value(flows: &[i64], rate_percent: f64) -> Option<i64> {
    let rate: Decimal = rate_percent.to_string().parse().ok()?;
    let factor = Decimal::ONE.checked_add(rate.checked_div(Decimal::ONE_HUNDRED)?)?;
    let (mut total, mut present) = (Decimal::ZERO, Decimal::ONE);
    for flow in flows {
        total = total.checked_add(Decimal::from(*flow).checked_mul(present)?)?;
        present = present.checked_div(factor)?;
    }
    i64::try_from(round_half_away(total, 0).mantissa()).ok()
}

/// The value at a rate, as a polynomial in x = 1 ÷ (1 + r).
fn value_at(flows: &[f64], x: f64) -> f64 {
    flows.iter().rev().fold(0.0, |sum, flow| sum * x + flow)
}

/// The slope of the value there.
fn slope_at(flows: &[f64], x: f64) -> f64 {
    flows.iter().enumerate().skip(1).rev().fold(0.0, |sum, (at, flow)| sum * x + flow * at as f64)
}

/// The value there as a share of what flows in and out: where it is this small, it is 0.
fn share_at(flows: &[f64], x: f64) -> f64 {
    let gross = flows.iter().rev().fold(0.0, |sum, flow| sum * x + flow.abs());
    (value_at(flows, x) / gross).abs()
}

/// The share of what flows below which the value is 0.
const NOTHING: f64 = 1e-12;

/// The one rate above −100 % at which the value is 0, be it that it only touches 0 there. The factor x runs from 10⁻⁴ (a rate of
/// 1,000,000 %) to 10⁶ (−99.9999 %) in fine steps; each change of sign is a root, and each turn at 0.
pub fn internal_rate(flows: &[f64]) -> Option<f64> {
    const STEPS: i32 = 33_000;
    let factor = |step: i32| 10f64.powf(-4.0 + 10.0 * f64::from(step) / f64::from(STEPS));
    let mut roots = Vec::new();
    let mut negative = value_at(flows, factor(0)) < 0.0;
    // What comes before the last two steps is of no more use.
    let mut last = [(factor(0), share_at(flows, factor(0))); 2];
    for step in 1..=STEPS {
        let (x, value) = (factor(step), value_at(flows, factor(step)));
        let share = share_at(flows, x);
        let [before, here] = last;
        if value != 0.0 && value.is_finite() && (value < 0.0) != negative {
            negative = !negative;
            roots.push(bisected(here.0, x, |x| value_at(flows, x)));
            last = [(x, share); 2];
            continue;
        }
        if here.1 < before.1 && here.1 <= share {
            roots.extend(turning(flows, before.0, x, negative));
        }
        last = [here, (x, share)];
    }
    let [only] = roots.as_slice() else { return None };
    Some(1.0 / only - 1.0)
}

/// The roots where the value turns between two factors without a change of its sign there: none, the same one twice told once, or two.
fn turning(flows: &[f64], low: f64, high: f64, negative: bool) -> Vec<f64> {
    if (slope_at(flows, low) < 0.0) == (slope_at(flows, high) < 0.0) {
        return Vec::new();
    }
    let turn = bisected(low, high, |x| slope_at(flows, x));
    if share_at(flows, turn) <= NOTHING {
        return vec![turn];
    }
    let crossed = (value_at(flows, turn) < 0.0) != negative;
    if crossed { vec![low, high] } else { Vec::new() }
}

/// Where a function changes its sign between two factors.
fn bisected(mut low: f64, mut high: f64, of: impl Fn(f64) -> f64) -> f64 {
    if of(low) == 0.0 {
        return low;
    }
    let negative_below = of(low) < 0.0;
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if (of(middle) < 0.0) == negative_below { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// After how many periods what came in has made up for what went out: the first return of the sum to 0 after it was less, interpolated
/// linearly. 0 if nothing goes out beyond what came in before.
pub fn payback(flows: &[f64]) -> Option<f64> {
    let (mut sum, mut owed) = (0.0, false);
    for (at, flow) in flows.iter().enumerate() {
        let before = sum;
        sum += flow;
        if sum < 0.0 {
            owed = true;
        } else if owed {
            return Some(at as f64 - 1.0 + -before / flow);
        }
    }
    (!owed).then_some(0.0)
}

/// (Σ benefits − Σ costs) ÷ Σ costs.
pub fn return_on_investment(costs: &[i64], benefits: &[i64]) -> Option<f64> {
    let sum = |amounts: &[i64]| amounts.iter().map(|amount| *amount as f64).sum::<f64>();
    let costs = sum(costs);
    (costs != 0.0).then(|| (sum(benefits) - costs) / costs)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: [f64; 5] = [-1000.0, 500.0, 400.0, 300.0, 100.0];

    fn to(places: i32, value: Option<f64>) -> Option<f64> {
        value.map(|value| (value * 10f64.powi(places)).round() / 10f64.powi(places))
    }

    #[test]
    fn project_s_of_the_textbook() {
        // Brigham and Ehrhardt, Financial Management, 12th edition, chapter 10: project S.
        // At 10 %: −1000 + 454.545 + 330.579 + 225.394 + 68.301 = 78.82.
        assert_eq!(net_present_value(&[-100_000, 50_000, 40_000, 30_000, 10_000], 10.0), Some(7_882));
        assert_eq!(to(4, internal_rate(&CASE)), Some(0.1449), "the textbook's 14.49 %");
        // −1000, −500, −100, +200: two periods and 100/300 of the third.
        assert_eq!(to(4, payback(&CASE)), Some(2.3333));
        let discounted: Vec<f64> = CASE.iter().enumerate().map(|(at, flow)| flow / 1.1f64.powi(at as i32)).collect();
        // −1000, −545.455, −214.876, +10.518: two periods and 214.876/225.394 of the third.
        assert_eq!(to(4, payback(&discounted)), Some(2.9533));
        assert_eq!(return_on_investment(&[100, 100], &[150, 100]), Some(0.25));
    }

    #[test]
    fn project_l_of_the_textbook() {
        // The same chapter: at 10 % a value of 49.18, a rate of return of 11.79 %, paid back after 3.33 years, discounted after 3.88.
        let flows = [-1000.0, 100.0, 300.0, 400.0, 600.0];
        assert_eq!(net_present_value(&[-100_000, 10_000, 30_000, 40_000, 60_000], 10.0), Some(4_918));
        let discounted: Vec<f64> = flows.iter().enumerate().map(|(at, flow)| flow / 1.1f64.powi(at as i32)).collect();
        assert_eq!((to(4, internal_rate(&flows)), to(2, payback(&flows)), to(2, payback(&discounted))), (Some(0.1179), Some(3.33), Some(3.88)));
    }

    #[test]
    fn a_double_root_is_one_rate() {
        // −100 + 220/(1+r) − 121/(1+r)² is −100 · (1 − 1.1/(1+r))²: it touches 0 at 10 %.
        assert_eq!(to(9, internal_rate(&[-100.0, 220.0, -121.0])), Some(0.1));
        assert_eq!(to(9, internal_rate(&[10_000.0, -22_000.0, 12_100.0])), Some(0.1));
        assert_eq!(to(9, internal_rate(&[0.0, -100.0, 200.0, -100.0])), Some(0.0));
        assert_eq!(to(9, internal_rate(&[-100.0, 300.0, -300.0, 100.0])), Some(0.0), "and so is a triple one");
    }

    #[test]
    fn what_cannot_be_told_is_no_number() {
        assert_eq!(internal_rate(&[100.0, 50.0]), None, "no change of sign");
        assert_eq!(to(4, internal_rate(&[-1000.0, 5.0])), Some(-0.995), "almost all of it is lost");
        // −1000 + 2500/(1+r) − 1540/(1+r)² is 0 at 10 % and at 40 %.
        assert_eq!(internal_rate(&[-1000.0, 2500.0, -1540.0]), None, "two roots");
        // −1000 + 2000.02/(1+r) − 1000.02/(1+r)² is 0 at 0 % and at 0.002 %.
        assert_eq!(internal_rate(&[-1000.0, 2000.02, -1000.02]), None, "two roots close by");
        assert_eq!(internal_rate(&[0.0, 0.0]), None, "nothing flows");
        assert_eq!(payback(&[-100.0, 50.0]), None);
        assert_eq!(payback(&[0.0, 50.0]), Some(0.0));
        // Nothing flows in period 0, and something comes in before the outlay: 50, −150, −50, +50.
        assert_eq!(payback(&[0.0, -100.0, 50.0, 100.0]), Some(2.5));
        assert_eq!(payback(&[50.0, -200.0, 100.0, 100.0]), Some(2.5));
        assert_eq!(payback(&[100.0, -50.0, 10.0]), Some(0.0), "it is never owed");
        assert_eq!(return_on_investment(&[0], &[1]), None);
    }
}
