//! Check digits by MOD 97-10 (ISO 7064), as legal entity identifiers and bank account numbers have them.

/// What is left when a text of digits and letters, with letters read as 10 to 35, is divided by 97. Any other sign is skipped.
pub fn remainder(text: &str) -> u32 {
    text.chars().filter_map(|letter| letter.to_digit(36)).fold(0, |rest, value| (rest * if value > 9 { 100 } else { 10 } + value) % 97)
}

/// Whether every sign is a capital letter or a digit.
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_count_as_two_digits() {
        assert_eq!(remainder("97"), 0);
        assert_eq!(remainder("A"), 10);
        assert_eq!(remainder("Z9"), 359 % 97);
    }
}
