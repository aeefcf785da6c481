//! The appetite in force for a risk, and whether the risk is above it.

use super::risk_category::RiskCategory;
use super::risk_kind::RiskKind;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::access::parents_above;
use steward_core::database::{Connection, Dialect, Narrowed};
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::{Date, Money, Title};
use steward_schema::security::risk_appetites;

/// An appetite that is in force.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = risk_appetites, check_for_backend(Dialect))]
pub struct InForce {
    /// The appetite.
    pub id: Id,
    /// Its name.
    pub name: Title,
    /// The unit that it is of.
    #[diesel(column_name = unit_id)]
    pub unit: Id,
    /// Threats or opportunities.
    pub kind: RiskKind,
    /// The category that it is for.
    pub category: Option<RiskCategory>,
    /// The matrix whose levels it names.
    #[diesel(column_name = risk_matrix_id)]
    pub matrix: Id,
    /// The greatest level.
    pub max_level: i64,
    /// The greatest expected annual loss.
    #[diesel(select_expression = (risk_appetites::max_expected_annual_loss_amount, risk_appetites::max_expected_annual_loss_currency))]
    pub max_loss: Option<Money>,
}

impl InForce {
    /// Whether a level is above it; none if the level is not known, or one of another matrix.
    pub fn is_exceeded_by(&self, matrix: Id, level: Option<i64>) -> Option<bool> {
        level.filter(|_| matrix == self.matrix).map(|level| level > self.max_level)
    }

    /// Whether a level, or an expected annual loss in its own currency, is above it. What it limits and what is not known leaves that open
    /// (none), unless the other is above it.
    pub fn breached(&self, matrix: Id, level: Option<i64>, loss: Option<Money>) -> Option<bool> {
        let by_loss = match self.max_loss {
            None => Some(false),
            Some(most) => loss.filter(|loss| loss.currency == most.currency).map(|loss| loss.minor > most.minor),
        };
        match (self.is_exceeded_by(matrix, level), by_loss) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        }
    }
}

/// The appetite in force for a unit, a kind and a category of risks on a day, among those in sight.
pub fn find(
    connection: &mut Connection,
    unit: Id,
    (kind, category): (RiskKind, RiskCategory),
    on: Date,
    seen: &Narrowed<risk_appetites::table>,
) -> Result<Option<InForce>> {
    if seen.is_nothing() {
        return Ok(None);
    }
    let above = parents_above(connection, unit)?;
    let in_force = risk_appetites::starts_on.le(on).and(risk_appetites::ends_on.is_null().or(risk_appetites::ends_on.ge(on)));
    let applicable = risk_appetites::kind.eq(kind).and(risk_appetites::category.is_null().or(risk_appetites::category.eq(category)));
    let of_units = risk_appetites::table.filter(in_force).filter(applicable).filter(risk_appetites::unit_id.eq_any(above.keys())).filter(seen.clone());
    let appetites: Vec<InForce> = of_units.order(risk_appetites::id).select(InForce::as_select()).load(connection)?;
    Ok(nearest(&appetites, &above, unit, (kind, category)).cloned())
}

/// All appetites in force on a day, among those in sight.
pub fn all(connection: &mut Connection, on: Date, seen: &Narrowed<risk_appetites::table>) -> Result<Vec<InForce>> {
    let in_force = risk_appetites::starts_on.le(on).and(risk_appetites::ends_on.is_null().or(risk_appetites::ends_on.ge(on)));
    let query = risk_appetites::table.filter(in_force).filter(seen.clone()).order(risk_appetites::id);
    Ok(query.select(InForce::as_select()).load(connection)?)
}

/// How far up the tree of units an appetite is looked for.
const HEIGHT: usize = 100;

/// A unit and those above it, the nearest first. `above` leads from a unit to its parent.
pub fn upwards(above: &HashMap<Id, Option<Id>>, unit: Id) -> impl Iterator<Item = Id> {
    std::iter::successors(Some(unit), move |at| above.get(at).copied().flatten()).take(HEIGHT)
}

/// The appetite of the nearest unit, in it that of the category before the general one. `above` leads from a unit to its parent.
pub fn nearest<'a>(appetites: &'a [InForce], above: &HashMap<Id, Option<Id>>, unit: Id, (kind, category): (RiskKind, RiskCategory)) -> Option<&'a InForce> {
    upwards(above, unit).find_map(|at| {
        let of = |category: Option<RiskCategory>| appetites.iter().find(|each| (each.unit, each.kind, each.category) == (at, kind, category));
        of(Some(category)).or_else(|| of(None))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_appetite_is_breached_by_a_level_or_a_loss_and_what_it_limits_and_is_not_known_leaves_it_open() {
        let (matrix, other) = (Id::new(), Id::new());
        let (category, max_loss) = (Some(RiskCategory::Security), Some(Money::sample("50000", "EUR")));
        let appetite = InForce { id: Id::new(), name: "Security".into(), unit: Id::new(), kind: RiskKind::Threat, category, matrix, max_level: 2, max_loss };
        let loss = |amount: &str| Some(Money::sample(amount, "EUR"));
        assert_eq!(appetite.breached(matrix, Some(2), loss("50000")), Some(false));
        assert_eq!(appetite.breached(matrix, Some(3), None), Some(true));
        assert_eq!(appetite.breached(matrix, Some(1), loss("50000.01")), Some(true));
        assert_eq!(appetite.breached(matrix, Some(1), None), None, "the loss is limited and not known");
        assert_eq!(appetite.breached(matrix, Some(1), Some(Money::sample("1", "USD"))), None, "nor comparable");
        assert_eq!(appetite.breached(other, Some(1), loss("1")), None, "and so is a level of another matrix");
        assert_eq!(appetite.breached(other, Some(3), None), None);
        let by_level = InForce { max_loss: None, ..appetite };
        assert_eq!(by_level.breached(matrix, Some(2), None), Some(false), "no loss is limited");
        assert_eq!(by_level.breached(matrix, None, loss("90000")), None);
    }
}
