//! The picture of the burn of a budget over its year.

use super::period_figures::PeriodFigures;
use steward_core::resource::value::{Currency, Date, Money};
use steward_core::view::picture::{Chart, Form, Pen, Picture, Series};

/// The burn of a budget: budget, booked cost, and cost booked and committed, summed up over the periods of the year, with the outlook as a
/// limit.
pub fn burn_chart(periods: &[PeriodFigures], full_year_outlook: Option<Money>, currency: Currency, as_of: Date) -> Picture {
    let summed = |name: &str, pen: Pen, value: &dyn Fn(&PeriodFigures) -> Option<Money>| {
        let sums = periods.iter().scan(Some(0.0), |sum: &mut Option<f64>, period| {
            *sum = sum.and_then(|sum| Some(sum + value(period)?.drawn()));
            Some(*sum)
        });
        Series::over_places(name, pen, sums)
    };
    let bound = |period: &PeriodFigures| period.open_commitments.map(|open| Money::new(period.actual.minor.saturating_add(open.minor), open.currency));
    let mut series = vec![
        summed("Budget", Pen::Dashed, &|period| Some(period.budget)),
        summed("Booked", Pen::Surface, &|period| Some(period.actual)),
        summed("Booked and committed", Pen::Line, &bound),
    ];
    if let Some(outlook) = full_year_outlook {
        series.push(Series::over_places("Full-year outlook", Pen::Limit, periods.iter().map(|_| Some(outlook.drawn()))));
    }
    let places = periods.iter().map(|period| period.number.0.to_string()).collect();
    let chart = Chart { horizontal: "Period".into(), vertical: currency.code().to_owned(), places, series };
    Picture::new(format!("Budget and its use, as of {as_of}"), Form::Chart(chart))
}
