//! The form in which texts are compared: one for uniqueness, filters and search.

use icu_normalizer::ComposingNormalizerBorrowed;
use url::Host;

/// Dashes that look like a hyphen, and what else is written in two ways; in a comparison the one is the other.
const ALIKE: [(char, char); 8] =
    [('\u{2010}', '-'), ('\u{2011}', '-'), ('\u{2012}', '-'), ('\u{2013}', '-'), ('\u{2014}', '-'), ('\u{2015}', '-'), ('\u{2212}', '-'), ('ς', 'σ')];
/// Characters that nobody sees.
const UNSEEN: [char; 6] = ['\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'];

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

/// A text as it is compared: composed and in its compatible form (NFKC), so that full-width letters are letters; without case, by way of its capitals, so that ß is ss; without what nobody sees; with one
/// kind of hyphen.
pub fn letters(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    let lower = composed.to_uppercase().to_lowercase();
    let seen = lower.chars().filter(|letter| !UNSEEN.contains(letter));
    seen.map(|letter| ALIKE.iter().find(|(from, _)| *from == letter).map_or(letter, |(_, to)| *to)).collect()
}

/// The same in the SQL of PostgreSQL, of a text that an expression gives.
pub fn letters_in_postgres(text: &str) -> String {
    let from: String = ALIKE.iter().map(|(from, _)| *from).chain(UNSEEN).collect();
    let to: String = ALIKE.iter().map(|(_, to)| *to).collect();
    format!("translate(lower(upper(normalize({text}, NFKC) COLLATE \"und-x-icu\") COLLATE \"und-x-icu\"), '{from}', '{to}')")
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
