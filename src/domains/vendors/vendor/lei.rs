//! Legal entity identifiers (ISO 17442).

use super::check_digits::{is_plain, remainder};

/// Whether a text is a legal entity identifier: 18 capital letters or digits and two check digits, which make the whole, with
/// letters read as 10 to 35, leave 1 when divided by 97 (ISO 7064, MOD 97-10).
pub fn is_valid(text: &str) -> bool {
    let check = text.bytes().rev().take(2).all(|byte| byte.is_ascii_digit());
    text.len() == 20 && is_plain(text) && check && remainder(text) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Identifiers from the public register of the Global Legal Entity Identifier Foundation (gleif.org).
    #[test]
    fn identifiers_of_the_register_are_valid_and_a_wrong_digit_is_noticed() {
        for lei in ["5493001KJTIIGC8Y1R12", "529900T8BM49AURSDO55", "HWUPKR0MPOU8FGXBT394"] {
            assert!(is_valid(lei), "{lei}");
        }
        for wrong in ["5493001KJTIIGC8Y1R13", "5493001KJTIIGC8YR112", "5493001kjtiigc8y1r12", "5493001KJTIIGC8Y1R1", ""] {
            assert!(!is_valid(wrong), "{wrong}");
        }
    }
}
