//! The weighted shortest job first of demands (SAFe): what to do first, as a figure of lists.

use crate::portfolio::demand::Demand;
use steward_core::view::prelude::*;
use steward_schema::projects::demands;

/// Figures for the comparison of demands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DemandFigures {
    /// Weighted shortest job first (SAFe): (business value + time criticality + risk reduction) ÷ size. The greatest comes first; null
    /// while one of the four is missing.
    pub wsjf: Figure,
}

impl View for DemandFigures {
    const PATH: &'static str = Demand::PATH;
    type Reads = (IfPermitted<Demand>,);
    type Query = Records;
    type Answer = PerRecord<Self>;

    fn run(cx: &mut Context<'_, '_>, Records(ids): Records) -> Result<PerRecord<Self>> {
        let seen = cx.sees::<Demand>()?;
        let parts = (demands::id, demands::business_value, demands::time_criticality, demands::risk_reduction, demands::size);
        let query = demands::table.filter(demands::id.eq_any(&ids)).filter(seen.clone()).select(parts);
        let rows: Vec<(Id, Option<i64>, Option<i64>, Option<i64>, Option<i64>)> = query.load(cx.within(&seen))?;
        let figures = |(id, value, criticality, reduction, size)| (id, DemandFigures { wsjf: Figure(wsjf([value, criticality, reduction], size)) });
        Ok(rows.into_iter().map(figures).collect())
    }
}

/// (value + criticality + reduction) ÷ size; none if one is missing or there is no size.
pub fn wsjf(parts: [Option<i64>; 3], size: Option<i64>) -> Option<f64> {
    let delay = parts.into_iter().sum::<Option<i64>>()?;
    size.filter(|size| *size > 0).map(|size| delay as f64 / size as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_of_delay_is_divided_by_the_size() {
        // By hand: (8 + 5 + 3) / 4 = 4.
        assert_eq!(wsjf([Some(8), Some(5), Some(3)], Some(4)), Some(4.0));
        assert_eq!(wsjf([Some(8), None, Some(3)], Some(4)), None);
        assert_eq!(wsjf([Some(8), Some(5), Some(3)], None), None);
    }
}
