//! The order of names in lists: that of the Unicode Collation Algorithm for no language in particular (UTS #10, CLDR root), which
//! PostgreSQL calls `und-x-icu`.

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed, CollatorPreferences};
use std::cmp::Ordering;
use std::sync::LazyLock;

static ROOT: LazyLock<Option<CollatorBorrowed<'static>>> = LazyLock::new(|| Collator::try_new(CollatorPreferences::default(), CollatorOptions::default()).ok());

/// Compares two texts as people do; what they take for the same is in the order of its bytes.
pub fn compare(one: &str, other: &str) -> Ordering {
    ROOT.as_ref().map_or(Ordering::Equal, |root| root.compare(one, other)).then_with(|| one.cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UTS #10, section 1.1, table 1 and figure 1: case and accents matter less than letters.
    #[test]
    fn letters_come_before_accents_and_accents_before_case() {
        let mut words = ["zz", "Ünder", "role", "roles", "rôle", "Role", "under", "cote", "co-op", "coop", "ångström", "zebra"];
        words.sort_by(|one, other| compare(one, other));
        assert_eq!(words, ["ångström", "co-op", "coop", "cote", "role", "Role", "rôle", "roles", "under", "Ünder", "zebra", "zz"]);
        assert_eq!(compare("a", "a"), Ordering::Equal);
        assert_ne!(compare("A\u{30a}", "\u{c5}"), Ordering::Equal, "what is written otherwise is another text");
    }
}
