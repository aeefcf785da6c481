//! The fulfilment of an order: the progress of the receipt and the billing of its lines, within their tolerances.

use super::billed_line::allowed;
use rust_decimal::Decimal;
use steward_core::choice;

choice! {
    /// Progress of the receipt or billing of an order.
    pub enum Progress {
        /// Nothing.
        None = "none",
        /// A part.
        Partial = "partial",
        /// All of it, within the tolerance of each line.
        Full = "full",
        /// More of a line than its tolerance allows.
        Over = "over",
    }
}

/// The progress of the lines of an order, each with the quantity ordered, the tolerance in percent and the quantity done: over if one is, full if
/// all are, none if nothing came.
pub fn progress(lines: &[(Decimal, Decimal, Decimal)]) -> Progress {
    let enough = |ordered: Decimal, tolerance: Decimal| ordered * (Decimal::ONE_HUNDRED - tolerance) / Decimal::ONE_HUNDRED;
    if lines.iter().any(|(ordered, tolerance, done)| *done > allowed(*ordered, *tolerance)) {
        Progress::Over
    } else if lines.iter().all(|(_, _, done)| done.is_zero()) {
        Progress::None
    } else if lines.iter().all(|(ordered, tolerance, done)| *done >= enough(*ordered, *tolerance)) {
        Progress::Full
    } else {
        Progress::Partial
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_over_if_a_line_is_and_full_if_all_are() {
        let line = |ordered: i64, tolerance: i64, done: i64| (Decimal::from(ordered), Decimal::from(tolerance), Decimal::from(done));
        assert_eq!(progress(&[]), Progress::None);
        assert_eq!(progress(&[line(10, 0, 0), line(5, 0, 0)]), Progress::None);
        assert_eq!(progress(&[line(10, 0, 10), line(5, 0, 0)]), Progress::Partial);
        assert_eq!(progress(&[line(10, 0, 10), line(5, 0, 5)]), Progress::Full);
        assert_eq!(progress(&[line(100, 5, 95), line(5, 0, 5)]), Progress::Full);
        assert_eq!(progress(&[line(100, 5, 106), line(5, 0, 0)]), Progress::Over);
    }
}
