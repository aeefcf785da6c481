//! Taking back a fact that was wrong: by a later one that names it.

use steward_core::error::{Problem, Result};

/// Refuses to take back what is no fact of the same series, or what is taken back already (409). The texts name the fact and its series.
pub fn require(is_of_series: bool, is_taken_back: bool, fact: &str, series: &str) -> Result<()> {
    let refuse = |code: &str, detail: String| Err(Problem::conflict("/retraction_of", code, detail).into());
    if !is_of_series {
        return refuse("reference", format!("There is no such {fact} of this {series}. Take the id of one of its {fact}s."));
    }
    if is_taken_back {
        return refuse("retracted", format!("That {fact} is taken back already. What took it back can be taken back in turn."));
    }
    Ok(())
}
