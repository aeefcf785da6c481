//! The form in which texts are compared: one for uniqueness, filters and search.

use icu_normalizer::ComposingNormalizerBorrowed;
use url::Host;

/// Dashes that look like a hyphen, and what else is written in two ways; in a comparison the one is the other.
const ALIKE: [(char, char); 8] =
    [('\u{2010}', '-'), ('\u{2011}', '-'), ('\u{2012}', '-'), ('\u{2013}', '-'), ('\u{2014}', '-'), ('\u{2015}', '-'), ('\u{2212}', '-'), ('ς', 'σ')];
/// Characters that nobody sees, from the first of each run to the last: the property Default_Ignorable_Code_Point, and the blank of Braille.
const UNSEEN: [(char, char); 18] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{202a}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fff8}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// The form in which names, codes and addresses are compared: as [`letters`], without blanks around them, and one between words.
pub fn folded(text: &str) -> String {
    let letters = letters(text);
    let mut words = letters.split_whitespace();
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| text + " " + word)
}

/// The form in which names of domains are compared: in A-labels (UTS 46), so that `exämple.org` is `xn--exmple-cua.org`.
pub fn domain_key(name: &str) -> String {
    match Host::parse(name) {
        Ok(Host::Domain(labels)) => labels,
        // What is no name of a host, such as a zone of addresses, has no other form.
        _ => folded(name),
    }
}

/// A text as it is compared: without what nobody sees; composed and in its compatible form (NFKC), so that full-width letters are letters;
/// without case, by way of its capitals, so that ß is ss; with one kind of hyphen.
pub fn letters(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let seen: String = text.chars().filter(|letter| !is_unseen(*letter)).collect();
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize(&seen);
    let lower = composed.to_uppercase().to_lowercase();
    lower.chars().map(|letter| ALIKE.iter().find(|(from, _)| *from == letter).map_or(letter, |(_, to)| *to)).collect()
}

fn is_unseen(letter: char) -> bool {
    UNSEEN.iter().any(|(first, last)| (*first..=*last).contains(&letter))
}

/// The same in SQL, of a text that an expression gives.
pub fn letters_in_sql(text: &str, is_postgres: bool) -> String {
    if is_postgres { letters_in_postgres(text) } else { format!("steward_fold({text})") }
}

fn letters_in_postgres(text: &str) -> String {
    let (from, to): (String, String) = ALIKE.iter().copied().unzip();
    let unseen: String = UNSEEN.iter().map(|(first, last)| format!("\\U{:08X}-\\U{:08X}", u32::from(*first), u32::from(*last))).collect();
    let seen = format!("regexp_replace({text}, '[{unseen}]', '', 'g')");
    format!("translate(lower(upper(normalize({seen}, NFKC) COLLATE \"und-x-icu\") COLLATE \"und-x-icu\"), '{from}', '{to}')")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_is_alike() {
        for (one, other) in [
            ("Straße", "STRASSE"),
            ("Cafe\u{301}", "CAFÉ"),
            ("R\u{2011}1", "r-1"),
            ("R\u{200b}-1", "R-1"),
            ("R\u{200e}\u{2800}\u{3164}\u{e0041}-1\u{fe0f}", "R-1"),
            ("e\u{34f}\u{301}", "é"),
            (" D-1\u{a0}", "d-1"),
            ("two  words", "Two words"),
            ("ΟΔΟΣ", "οδος"),
            ("ＩＮＶ－７７７", "inv-777"),
            ("ﬁrewall", "FIREWALL"),
            ("ｱﾌﾟﾘ", "アプリ"),
        ] {
            assert_eq!(folded(one), folded(other), "{one:?} {other:?}");
        }
        assert_ne!(folded("resume"), folded("résumé"));
        assert_ne!(folded("a b"), folded("ab"));
        assert_eq!(folded("\u{2800} \u{115f}\u{3164}\u{ffa0}\u{180e}\u{202e}"), "", "nothing of it is seen");
    }

    #[test]
    fn a_domain_is_one_domain_in_either_way_to_write_it() {
        for (one, other) in [("exämple.org", "XN--EXMPLE-CUA.org"), ("Example.org", "example.ORG"), ("_dmarc.exämple.org", "_dmarc.xn--exmple-cua.org")] {
            assert_eq!(domain_key(one), domain_key(other), "{one:?} {other:?}");
        }
        assert_ne!(domain_key("straße.example"), domain_key("strasse.example"), "they are registered apart");
        assert_eq!(domain_key("0.2.192.in-addr.arpa"), "0.2.192.in-addr.arpa");
        assert_eq!(domain_key("127.1"), "127.1");
    }
}
