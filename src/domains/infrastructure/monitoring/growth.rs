//! Growth: a straight line through samples by least squares, and when it meets a threshold.

/// Fewest samples at different times through which a line is drawn.
pub const FEWEST: usize = 3;

/// A line: its value at day 0, and how much it rises in a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// The value at day 0.
    pub intercept: f64,
    /// How much it rises in a day.
    pub slope: f64,
    /// The coefficient of determination; none where all samples are the same.
    pub r_squared: Option<f64>,
}

/// The line through samples: day and value. None with too few of them, or all at one time.
pub fn line(samples: &[(f64, f64)]) -> Option<Line> {
    if samples.len() < FEWEST {
        return None;
    }
    let count = samples.len() as f64;
    let (mean_day, mean) = (samples.iter().map(|(day, _)| day).sum::<f64>() / count, samples.iter().map(|(_, value)| value).sum::<f64>() / count);
    let sum = |part: fn(f64, f64) -> f64| samples.iter().map(|(day, value)| part(day - mean_day, value - mean)).sum::<f64>();
    let (across, along, together) = (sum(|day, _| day * day), sum(|_, value| value * value), sum(|day, value| day * value));
    (across > 0.0).then(|| {
        let slope = together / across;
        Line { intercept: mean - slope * mean_day, slope, r_squared: (along > 0.0).then(|| together * together / (across * along)) }
    })
}

/// In how many days a value that rises by so much a day meets a threshold, with steps on the way (in how many days, by how much). 0 when it is
/// met already, none when it never is.
pub fn days_to(threshold: f64, now: f64, slope: f64, steps: &[(f64, f64)]) -> Option<f64> {
    let mut steps = steps.to_vec();
    steps.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut at, mut value) = (0.0, now);
    for (day, by) in steps {
        if value >= threshold {
            return Some(at);
        }
        let next = value + slope * (day - at);
        if slope > 0.0 && next >= threshold {
            return Some(at + (threshold - value) / slope);
        }
        (at, value) = (day, next + by);
    }
    if value >= threshold {
        return Some(at);
    }
    (slope > 0.0).then(|| at + (threshold - value) / slope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_that_of_anscombe() {
        // F. J. Anscombe, "Graphs in Statistical Analysis" (1973), first data set: y = 3.00 + 0.500 x, r² = 0.67.
        let x = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0];
        let y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
        let found = line(&x.into_iter().zip(y).collect::<Vec<_>>()).unwrap();
        assert!((found.intercept - 3.000_09).abs() < 1e-5 && (found.slope - 0.500_09).abs() < 1e-5, "{found:?}");
        assert!((found.r_squared.unwrap() - 0.666_54).abs() < 1e-5, "{found:?}");
    }

    #[test]
    fn too_few_samples_or_one_time_make_no_line_and_equal_values_no_fit() {
        assert_eq!(line(&[(0.0, 1.0), (1.0, 2.0)]), None);
        assert_eq!(line(&[(1.0, 1.0), (1.0, 2.0), (1.0, 3.0)]), None);
        assert_eq!(line(&[(0.0, 5.0), (1.0, 5.0), (2.0, 5.0)]), Some(Line { intercept: 5.0, slope: 0.0, r_squared: None }));
    }

    #[test]
    fn a_threshold_is_met_on_the_way_by_a_step_or_never() {
        assert_eq!(days_to(100.0, 80.0, 2.0, &[]), Some(10.0));
        assert_eq!(days_to(100.0, 80.0, 2.0, &[(5.0, 10.0)]), Some(5.0), "80 + 10 + 10");
        assert_eq!(days_to(100.0, 80.0, 2.0, &[(4.0, 6.0)]), Some(7.0), "80 + 8 + 6, then 3 days");
        assert_eq!(days_to(100.0, 100.0, -1.0, &[]), Some(0.0));
        assert_eq!(days_to(100.0, 80.0, 0.0, &[]), None);
        assert_eq!(days_to(100.0, 80.0, -1.0, &[(10.0, 35.0)]), Some(10.0));
        assert_eq!(days_to(100.0, 80.0, -1.0, &[(10.0, 25.0)]), None);
    }
}
