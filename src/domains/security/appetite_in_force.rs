//! The appetite in force for a risk, and whether the risk is above it.

use super::risk_category::RiskCategory;
use crate::database::{Connection, Kind, Row, Statement};
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::{Date, FieldType, Money};

/// An appetite that is in force.
#[derive(Debug, Clone)]
pub struct InForce {
    /// The appetite.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// The unit that it is of.
    pub unit: Id,
    /// The category that it is for.
    pub category: Option<RiskCategory>,
    /// The matrix whose levels it names.
    pub matrix: Id,
    /// The greatest level.
    pub max_level: i64,
    /// The greatest expected annual loss.
    pub max_loss: Option<Money>,
}

impl InForce {
    /// Whether a level or an expected annual loss is above it; none if neither can be compared with it.
    pub fn breached(&self, matrix: Id, level: Option<i64>, loss: Option<Money>) -> Option<bool> {
        let by_level = level.filter(|_| matrix == self.matrix).map(|level| level > self.max_level);
        let by_loss = self.max_loss.zip(loss).filter(|(most, loss)| most.currency == loss.currency).map(|(most, loss)| loss.minor > most.minor);
        match (by_level, by_loss) {
            (None, other) | (other, None) => other,
            (Some(level), Some(loss)) => Some(level || loss),
        }
    }
}

/// The appetite in force for a unit and a category on a day, among those that a condition leaves.
pub fn find(connection: &mut Connection, unit: Id, category: RiskCategory, on: Date, narrowed: Statement) -> Result<Option<InForce>> {
    let mut query = Statement::new("WITH RECURSIVE above(id, parent_id, depth) AS (SELECT id, parent_id, 0 FROM units WHERE id = ")
        .with(unit, " UNION ALL SELECT u.id, u.parent_id, above.depth + 1 FROM units u JOIN above ON u.id = above.parent_id WHERE above.depth < 100) ");
    query.push(
        "SELECT a.id, a.name, a.unit_id, a.category, a.risk_matrix_id, a.max_level, a.max_expected_annual_loss_amount, a.max_expected_annual_loss_currency \
         FROM (SELECT id, name, unit_id, category, risk_matrix_id, max_level, max_expected_annual_loss_amount, max_expected_annual_loss_currency \
         FROM risk_appetites WHERE starts_on <= ",
    );
    query.bind(on).push(" AND (ends_on IS NULL OR ends_on >= ").bind(on).push(") AND (category IS NULL OR category = ").bind(category.word()).push(")");
    query.append(narrowed).push(") a JOIN above ON above.id = a.unit_id ORDER BY above.depth, CASE WHEN a.category IS NULL THEN 1 ELSE 0 END, a.id LIMIT 1");
    Ok(query.first(connection, &KINDS)?.as_ref().and_then(read))
}

/// All appetites in force on a day, among those that a condition leaves.
pub fn all(connection: &mut Connection, on: Date, narrowed: Statement) -> Result<Vec<InForce>> {
    let mut query = Statement::new(
        "SELECT id, name, unit_id, category, risk_matrix_id, max_level, max_expected_annual_loss_amount, max_expected_annual_loss_currency \
         FROM risk_appetites WHERE starts_on <= ",
    );
    query.bind(on).push(" AND (ends_on IS NULL OR ends_on >= ").bind(on).push(")").append(narrowed).push(" ORDER BY id");
    Ok(query.rows(connection, &KINDS)?.iter().filter_map(read).collect())
}

const KINDS: [Kind; 8] = [Kind::Id, Kind::Text, Kind::Id, Kind::Text, Kind::Id, Kind::Integer, Kind::Integer, Kind::Text];

fn read(row: &Row) -> Option<InForce> {
    Some(InForce {
        id: row.first()?.as_id()?,
        name: row.get(1)?.as_text()?.to_owned(),
        unit: row.get(2)?.as_id()?,
        category: row.get(3)?.as_text().and_then(RiskCategory::from_word),
        matrix: row.get(4)?.as_id()?,
        max_level: row.get(5)?.as_integer()?,
        max_loss: Option::<Money>::load(row.get(6..8)?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_appetite_is_breached_by_a_level_or_a_loss_and_unknown_without_either() {
        let (matrix, other) = (Id::new(), Id::new());
        let (category, max_loss) = (Some(RiskCategory::Security), Some(Money::sample("50000", "EUR")));
        let appetite = InForce { id: Id::new(), name: "Security".into(), unit: Id::new(), category, matrix, max_level: 2, max_loss };
        let loss = |amount: &str| Some(Money::sample(amount, "EUR"));
        assert_eq!(appetite.breached(matrix, Some(2), loss("50000")), Some(false));
        assert_eq!(appetite.breached(matrix, Some(3), None), Some(true));
        assert_eq!(appetite.breached(matrix, Some(1), loss("50000.01")), Some(true));
        assert_eq!(appetite.breached(other, Some(3), None), None);
        assert_eq!(appetite.breached(matrix, None, Some(Money::sample("90000", "USD"))), None);
    }
}
