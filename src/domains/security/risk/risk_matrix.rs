//! Risk matrices: how likelihood and impact become a level of risk.

use super::matrix::{Defect, Matrix};
use steward_core::error::Result;
use steward_core::resource::value::{Code, Money, Note, Number, Text, Title, Whole};
use steward_core::resource::{Check, Lifecycle, Move, Own, Resource, Scope, Unique, UnmetGuard, ValidationErrors};

/// The number of a level; the least has number 1.
pub type LevelNumber = Whole<1, 10>;

steward_core::value! {
    /// A level of likelihood, by frequency.
    pub struct LikelihoodLevel {
        /// Name as people know it, such as likely.
        pub name: Title,
        /// Minimum frequency per year; greater than that of the level before.
        pub frequency_min: Number<0, 1_000_000>,
        /// Upper limit of the frequency per year, where the next level begins. Only the last level may have none.
        pub frequency_max: Option<Number<0, 1_000_000>>,
        /// Description of the level.
        pub description: Option<Note>,
    }
}

steward_core::value! {
    /// A level of impact, by loss.
    pub struct ImpactLevel {
        /// Name as people know it, such as major.
        pub name: Title,
        /// Minimum loss; greater than that of the level before.
        pub loss_min: Money,
        /// Upper limit of the loss, where the next level begins. Only the last level may have none.
        pub loss_max: Option<Money>,
        /// Impact beyond money: on people, legal position, reputation.
        pub description: Option<Note>,
    }
}

steward_core::value! {
    /// A level of risk.
    pub struct RiskLevel {
        /// Name as people know it, such as high.
        pub name: Title,
        /// Display colour, such as #c0392b.
        pub color: Option<Text<7, 7>>,
        /// Response to a risk of this level: action, responsible person and time limit.
        pub response: Option<Note>,
    }
}

steward_core::resource! {
    /// Matrix that assigns a level of risk to likelihood and impact. Levels count from 1, the least first. A published matrix does not
    /// change, so that assessments made with it stay valid.
    pub struct RiskMatrix {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Use of the matrix.
        #[field(search)]
        pub description: Option<Note>,
        /// Levels of likelihood: 1 to 10, without gaps between them; the least of a published matrix begins at 0.
        pub likelihood_levels: Vec<LikelihoodLevel>,
        /// Levels of impact: 1 to 10, in one currency and without gaps between them; the least of a published matrix begins at 0.
        pub impact_levels: Vec<ImpactLevel>,
        /// Levels of risk: 1 to 10.
        pub risk_levels: Vec<RiskLevel>,
        /// Number of the level of risk at each likelihood (row) and impact (column). No cell is empty, and none has a lower level than one
        /// of a lesser likelihood or impact.
        pub grid: Vec<Vec<LevelNumber>>,
    }
}

impl Resource for RiskMatrix {
    const PATH: &'static str = "security/risk-matrices";
    type Table = steward_schema::security::risk_matrices::table;
    const SCOPE: Scope = Scope::Shared;
    const OWN: &'static [Own] = &[Own::everybody()];
    const UNIQUE: &'static [Unique] = &[Unique { index: "risk_matrices_code_key", fields: &["code"] }];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→published:publish→retired:retire"))
    }

    fn sample() -> Self {
        let frequencies = [("rare", 0.1), ("unlikely", 0.5), ("possible", 1.0), ("likely", 12.0)];
        let mut begins = 0.0;
        let mut likelihood_levels: Vec<LikelihoodLevel> = Vec::new();
        for (name, end) in frequencies {
            let level = LikelihoodLevel { name: name.into(), frequency_min: Number(begins), frequency_max: Some(Number(end)), description: None };
            likelihood_levels.push(level);
            begins = end;
        }
        likelihood_levels.push(LikelihoodLevel {
            name: "frequent".into(),
            frequency_min: Number(begins),
            frequency_max: None,
            description: Some("More than once a month.".into()),
        });
        let euros = |amount: &str| Money::sample(amount, "EUR");
        let impact =
            |name: &str, least: &str, end: Option<&str>| ImpactLevel { name: name.into(), loss_min: euros(least), loss_max: end.map(euros), description: None };
        let levels = [("low", "#2ecc71"), ("moderate", "#f1c40f"), ("high", "#e67e22"), ("critical", "#c0392b")];
        let grid: [[i64; 5]; 5] = [[1, 1, 1, 2, 2], [1, 1, 2, 2, 3], [1, 2, 2, 3, 3], [2, 2, 3, 3, 4], [2, 3, 3, 4, 4]];
        RiskMatrix {
            code: "RM-2026".into(),
            name: "Standard matrix, 5 by 5".into(),
            description: Some("For all risks of operations and security.".into()),
            likelihood_levels,
            impact_levels: vec![
                impact("negligible", "0", Some("10000")),
                impact("minor", "10000", Some("50000")),
                impact("moderate", "50000", Some("250000")),
                impact("major", "250000", Some("1000000")),
                impact("severe", "1000000", None),
            ],
            risk_levels: levels.map(|(name, color)| RiskLevel { name: name.into(), color: Some(color.into()), response: None }).into(),
            grid: grid.map(|row| row.map(Whole).into()).into(),
        }
    }

    fn guard(&self, step: &Move, _: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "published" {
            return Ok(Vec::new());
        }
        let begins = [
            ("likelihood_levels", self.likelihood_levels.first().is_none_or(|level| level.frequency_min.0 > 0.0)),
            ("impact_levels", self.impact_levels.first().is_none_or(|level| level.loss_min.minor > 0)),
        ];
        let above = begins.into_iter().filter(|(_, above)| *above);
        let detail = "The least level begins above 0, so that the matrix has no place for what lies below. Let it begin at 0.";
        Ok(above.map(|(field, _)| UnmetGuard::new(&format!("/{field}/0"), "incomplete", detail)).collect())
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let counts =
            [("likelihood_levels", self.likelihood_levels.len()), ("impact_levels", self.impact_levels.len()), ("risk_levels", self.risk_levels.len())];
        for (field, count) in counts {
            faults.require((1..=10).contains(&count), field, "count", "Expected 1 to 10 levels.");
        }
        let frequencies: Vec<(f64, Option<f64>)> =
            self.likelihood_levels.iter().map(|level| (level.frequency_min.0, level.frequency_max.map(|end| end.0))).collect();
        let losses = self.losses();
        for (field, bounds) in [("likelihood_levels", &frequencies), ("impact_levels", &losses)] {
            let detail = "Each level ends where the next one begins, and after it began itself; only the last may have no end.";
            faults.require(contiguous(bounds), field, "gap", detail);
        }
        let mut currencies = self.impact_levels.iter().flat_map(|level| [Some(level.loss_min), level.loss_max]).flatten().map(|money| money.currency);
        let first = currencies.next();
        faults.require(currencies.all(|currency| Some(currency) == first), "impact_levels", "currency", "Expected all losses in one currency.");
        faults.require(losses.iter().all(|(least, _)| *least >= 0.0), "impact_levels", "range", "A loss is 0 or more.");
        let coloured = |level: &RiskLevel| level.color.as_ref().is_none_or(|color| is_color(color));
        faults.require(self.risk_levels.iter().all(coloured), "risk_levels", "color", "Expected colours such as #c0392b.");
        for defect in self.matrix().defects() {
            let (pointer, code, detail) = match defect {
                Defect::Rows => (Vec::new(), "incomplete", "Expected one row for each level of likelihood."),
                Defect::Columns(row) => (vec![row], "incomplete", "Expected one risk level for each level of impact."),
                Defect::Unknown(row, column) => (vec![row, column], "unknown_level", "There is no such risk level in this matrix."),
                Defect::Falling(row, column) => (vec![row, column], "monotone", "The level must not be lower than at a lesser likelihood or impact."),
            };
            faults.within("grid", |faults| deeper(faults, &pointer, code, detail));
        }
    }
}

impl RiskMatrix {
    /// The matrix as arithmetic sees it.
    pub fn matrix(&self) -> Matrix {
        Matrix {
            frequencies: self.likelihood_levels.iter().map(|level| level.frequency_min.0).collect(),
            losses: self.losses(),
            grid: self.grid.iter().map(|row| row.iter().map(|level| level.0).collect()).collect(),
            levels: self.risk_levels.len(),
        }
    }

    fn losses(&self) -> Vec<(f64, Option<f64>)> {
        self.impact_levels.iter().map(|level| (level.loss_min.minor as f64, level.loss_max.map(|end| end.minor as f64))).collect()
    }
}

/// Whether each level ends where the next one begins, and after it began.
fn contiguous(bounds: &[(f64, Option<f64>)]) -> bool {
    let rising = bounds.iter().all(|(least, end)| end.is_none_or(|end| end > *least));
    rising && bounds.iter().zip(bounds.iter().skip(1)).all(|((_, end), (next, _))| *end == Some(*next))
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

fn deeper(faults: &mut ValidationErrors, path: &[usize], code: &str, detail: &str) {
    match path.split_first() {
        Some((first, rest)) => faults.within(&first.to_string(), |faults| deeper(faults, rest, code, detail)),
        None => faults.add(code, detail),
    }
}
