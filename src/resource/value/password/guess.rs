//! Which passwords are guessed first: common ones, repetitions, rows of keys, and one's own name.
//!
//! `common.txt` has the passwords of twelve characters and more that leaked most often, and, of the shorter words that people
//! lengthen with digits and signs, those that leaked most often: ten thousand in all. It is made of the lists of zxcvbn (Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.;
//! MIT) and of Django (Copyright (c) Django Software Foundation and individual contributors; BSD-3-Clause).

use super::super::{folded, hex};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::sync::LazyLock;

static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("common.txt").lines().collect());

/// Rows of keys, and what follows on one another.
const ROWS: &[&str] = &["01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop"];
/// How many characters beside a word do not make a password of it.
const DECORATION: usize = 8;
/// A core shorter than this tells nothing.
const SHORTEST: usize = 4;

/// Why a password is guessed first, if it is: a code and what to do.
pub fn weakness(plain: &str) -> Option<(&'static str, &'static str)> {
    let plain = folded(plain);
    if is_repeated(&plain) {
        return Some(("repetitive", "It repeats the same few characters. Choose one that nobody guesses, such as four words at random."));
    }
    if is_row(&plain) {
        return Some(("sequence", "It follows the alphabet or the keys. Choose one that nobody guesses, such as four words at random."));
    }
    if is_common(&plain) {
        return Some(("common", "It is, or is made of, a password that many people use. Choose one that nobody guesses, such as four words at random."));
    }
    None
}

/// True if it is a few characters three times or more.
fn is_repeated(plain: &str) -> bool {
    let letters: Vec<char> = plain.chars().collect();
    (1..=letters.len() / 3).any(|period| letters.iter().zip(letters.iter().skip(period)).all(|(one, other)| one == other))
}

/// True if nearly every character is the neighbour of the one before it.
fn is_row(plain: &str) -> bool {
    let letters: Vec<char> = plain.chars().collect();
    let pairs = || letters.iter().zip(letters.iter().skip(1));
    let breaks = pairs().filter(|(one, other)| !are_neighbours(**one, **other)).count();
    letters.len() > 1 && breaks <= letters.len() / 6
}

fn are_neighbours(one: char, other: char) -> bool {
    one == other
        || ROWS.iter().any(|row| {
            let mut pairs = row.chars().zip(row.chars().skip(1));
            pairs.any(|pair| pair == (one, other) || pair == (other, one))
        })
}

fn is_common(plain: &str) -> bool {
    let listed = |text: &str| COMMON.contains(text);
    let Some(core) = core(plain) else { return listed(plain) };
    let letters: Vec<char> = core.chars().collect();
    let half: String = letters.iter().take(letters.len() / 2).collect();
    listed(plain) || listed(&core) || (listed(&half) && format!("{half}{half}") == core)
}

/// What stays when digits and signs are taken off both ends, with `0` read as `o` and the like; none if more than a few
/// characters go, or too few stay.
fn core(plain: &str) -> Option<String> {
    let beside = plain.chars().count() - trimmed(plain).chars().count();
    bare(plain).filter(|_| beside <= DECORATION)
}

/// The same of a word, however much goes.
fn bare(word: &str) -> Option<String> {
    whole(trimmed(word))
}

fn trimmed(plain: &str) -> &str {
    plain.trim_matches(|letter: char| !letter.is_alphabetic())
}

/// All of it, read in the same way; none if too little stays.
fn whole(plain: &str) -> Option<String> {
    let whole: String = plain.chars().filter_map(spoken).collect();
    (whole.chars().count() >= SHORTEST).then_some(whole)
}

/// The letter that a digit or sign stands for; spaces and other signs stand for none.
fn spoken(letter: char) -> Option<char> {
    match letter {
        '0' => Some('o'),
        '1' | '!' => Some('i'),
        '3' => Some('e'),
        '4' | '@' => Some('a'),
        '5' | '$' => Some('s'),
        '7' => Some('t'),
        letter => letter.is_alphanumeric().then_some(letter),
    }
}

/// What a password is about, as a whole and without what stands at its ends, in a form that tells nobody: it stays in this
/// process, and differs from one to the next.
pub fn marks_of(plain: &str) -> Vec<String> {
    let plain = folded(plain);
    [whole(&plain), core(&plain)].iter().flatten().map(|text| marked(text)).collect()
}

/// The marks of what is about any of these words, which are normalised like the password: each word and each part of it, with what
/// stands at its ends and without, and all parts in a row, once or twice.
pub fn marks(words: &[String]) -> Vec<String> {
    let mut cores = HashSet::new();
    for word in words {
        let word = folded(word);
        let parts: Vec<String> = word.split(|letter: char| !letter.is_alphanumeric()).map(|part| part.chars().filter_map(spoken).collect()).collect();
        cores.extend(bare(&word));
        cores.extend(word.split(|letter: char| !letter.is_alphanumeric()).filter_map(bare));
        cores.insert(parts.concat());
        cores.insert(word.chars().filter_map(spoken).collect());
        cores.insert(parts.iter().rev().map(String::as_str).collect());
        cores.extend(parts);
    }
    let mut marks: Vec<String> = cores.iter().map(|core| marked(core)).collect();
    marks.extend(cores.iter().map(|core| marked(&format!("{core}{core}"))));
    marks
}

fn marked(core: &str) -> String {
    static KEY: LazyLock<[u8; 32]> = LazyLock::new(|| Sha256::digest([uuid::Uuid::new_v4().into_bytes(), uuid::Uuid::new_v4().into_bytes()].concat()).into());
    let digest = Sha256::digest([KEY.as_slice(), core.as_bytes()].concat());
    hex(&digest)[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::Password;
    use super::*;

    #[test]
    fn what_everybody_would_guess_is_refused_with_its_reason() {
        for (plain, code) in [
            ("aaaaaaaaaaaa", "repetitive"),
            ("abcabcabcabc", "repetitive"),
            ("123456789012", "sequence"),
            ("abcdefghijklm", "sequence"),
            ("QwertyuiopAsdf", "sequence"),
            ("1q2w3e4r5t6y", "common"),
            ("Password1234!", "common"),
            ("P@ssw0rd2024", "common"),
            ("passwordPassword", "common"),
            ("Welcome12345", "common"),
        ] {
            assert_eq!(weakness(plain).map(|(code, _)| code), Some(code), "{plain}");
        }
    }

    #[test]
    fn what_nobody_would_guess_is_let_in_whatever_its_characters() {
        for plain in [
            "correct horse battery staple",
            "no digits here at all",
            "ÆØÅ æøå Þórður kveður",
            "夏の海は青くて広いですね",
            "🦊🐢🦉🐌🦔🐝🦀🐙🐠🦋🐞🐜",
            "7491 0382 5567 21",
            "t0p-s3cr3t password of mine",
        ] {
            assert_eq!(weakness(plain), None, "{plain}");
        }
    }

    #[test]
    fn the_list_has_thousands_of_entries_in_the_form_that_is_looked_up() {
        assert!((9_000..=10_000).contains(&COMMON.len()), "{}", COMMON.len());
        assert!(COMMON.iter().all(|entry| folded(entry) == **entry && entry.len() >= SHORTEST));
    }

    #[test]
    fn a_mark_tells_what_a_password_is_about_and_nothing_is_kept_of_it() {
        let sealed = |plain: &str| Password(Password::sealed("$argon2id$hash", plain));
        let words = ["ada.okafor@example.org", "Ada Okafor", "Steward"];
        for plain in ["AdaOkafor2026", "okafor ada!!", "ada.okafor@example.org", "Steward-12345", "stewardsteward", "Okafor0kafor"] {
            assert!(sealed(plain).is_about(&words), "{plain}");
        }
        let numbered = ["jane.doe622877414@example.org", "jane.doe622877414", "Pat Example2024"];
        for plain in ["jane.doe622877414", "Jane.Doe-622877414", "jane.doe2026!", "Pat Example2024", "pat example 99", "example2024!!", "Pat3xample-12345"] {
            assert!(sealed(plain).is_about(&numbered), "{plain}");
        }
        for plain in ["🦊🐢🦉🐌🦔🐝🦀🐙🐠🦋🐞🐜", "7491 0382 5567 21", "Jane and Pat 2024", "correct horse battery staple"] {
            assert!(!sealed(plain).is_about(&numbered), "{plain}");
        }
        for plain in ["ada likes tea and toast", "Okafor and 5 friends", "correct horse battery staple"] {
            assert!(!sealed(plain).is_about(&words), "{plain}");
        }
        use super::super::super::FieldType;
        let mut cells = Vec::new();
        sealed("AdaOkafor2026").store(&mut cells);
        assert_eq!(cells.first().and_then(crate::database::SqlValue::as_text), Some("$argon2id$hash"));
    }
}
