//! The form in which texts are kept.

use crate::database::SqlValue;
use icu_normalizer::ComposingNormalizerBorrowed;

/// A text with its letters composed (NFC).
pub fn composed(text: String) -> String {
    if text.is_ascii() { text } else { ComposingNormalizerBorrowed::new_nfc().normalize(&text).into_owned() }
}

/// A text as it is kept: composed, and without blanks at its ends.
pub fn tidy(text: String) -> String {
    let text = composed(text);
    let kept = text.trim();
    if kept.len() == text.len() { text } else { kept.to_owned() }
}

/// Whether two rows of cells say the same: texts from a time when they were kept as they came say what they say as they are kept now.
pub fn say_the_same(before: Option<&[SqlValue]>, after: Option<&[SqlValue]>) -> bool {
    let same = |(before, after): (&SqlValue, &SqlValue)| match (before, after) {
        (SqlValue::Text(before), SqlValue::Text(after)) => before == after || tidy(before.clone()) == *after,
        _ => before == after,
    };
    match (before, after) {
        (Some(before), Some(after)) => before.len() == after.len() && before.iter().zip(after).all(same),
        (before, after) => before == after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_composed_and_without_blanks_at_its_ends() {
        for (given, kept) in [("plain", "plain"), (" \u{a0}Cafe\u{301}\u{2003}\n", "Café"), ("two\n\n lines ", "two\n\n lines"), ("\u{3000}", "")] {
            assert_eq!(tidy(given.to_owned()), kept, "{given:?}");
        }
    }

    #[test]
    fn a_text_from_before_says_what_it_says_now() {
        let text = |text: &str| [SqlValue::Text(text.to_owned())];
        assert!(say_the_same(Some(&text("Old ")), Some(&text("Old"))));
        assert!(!say_the_same(Some(&text("Old ")), Some(&text("New"))));
        assert!(!say_the_same(Some(&text("Old")), None));
    }
}
