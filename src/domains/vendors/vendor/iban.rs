//! International bank account numbers (ISO 13616).

use super::check_digits::{is_plain, remainder};

/// How long the numbers of a country are, as the registry of SWIFT says; countries that are not here are judged by their check
/// digits alone.
const LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AT", 20),
    ("BE", 16),
    ("BG", 22),
    ("CH", 21),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("EE", 20),
    ("ES", 24),
    ("FI", 18),
    ("FR", 27),
    ("GB", 22),
    ("GI", 23),
    ("GR", 27),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IS", 26),
    ("IT", 27),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MC", 27),
    ("MT", 31),
    ("NL", 18),
    ("NO", 15),
    ("PL", 28),
    ("PT", 25),
    ("RO", 24),
    ("SA", 24),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("TR", 26),
    ("UA", 29),
];

/// Whether a text is an international bank account number in its electronic form: two letters for the country, two check digits
/// and the national number, without spaces. With its first four signs put last it leaves 1 when divided by 97.
pub fn is_valid(text: &str) -> bool {
    let (Some(country), Some(check), Some(rest)) = (text.get(..2), text.get(2..4), text.get(4..)) else { return false };
    let known = LENGTHS.iter().find(|(code, _)| *code == country).is_none_or(|(_, length)| text.len() == *length);
    let form = country.bytes().all(|byte| byte.is_ascii_uppercase()) && check.bytes().all(|byte| byte.is_ascii_digit()) && is_plain(rest);
    let possible = (15..=34).contains(&text.len()) && !matches!(check, "00" | "01" | "99");
    form && known && possible && remainder(&format!("{rest}{country}{check}")) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the IBAN registry (SWIFT, ISO 13616).
    #[test]
    fn examples_of_the_registry_are_valid_and_a_wrong_digit_is_noticed() {
        for iban in [
            "GB29NWBK60161331926819",
            "DE89370400440532013000",
            "NL91ABNA0417164300",
            "FR1420041010050500013M02606",
            "BE68539007547034",
            "NO9386011117947",
            "MT84MALT011000012345MTLCAST001S",
        ] {
            assert!(is_valid(iban), "{iban}");
        }
        for wrong in ["GB29NWBK60161331926810", "GB29NWBK6016133192681", "NL91 ABNA 0417 1643 00", "nl91abna0417164300", "NL", "", "€€€€€€€€€€"]
        {
            assert!(!is_valid(wrong), "{wrong}");
        }
    }
}
