//! Text in the encodings that spreadsheets write.

use std::borrow::Cow;

/// What Windows-1252 has from 0x80 to 0x9F; what it leaves open is a control character, as browsers read it.
const UPPER: [char; 32] = [
    '\u{20AC}', '\u{81}', '\u{201A}', '\u{192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2C6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}',
    '\u{8D}', '\u{17D}', '\u{8F}', '\u{90}', '\u{2018}', '\u{2019}', '\u{201C}', '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2DC}', '\u{2122}',
    '\u{161}', '\u{203A}', '\u{153}', '\u{9D}', '\u{17E}', '\u{178}',
];

/// An encoding of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8; and UTF-16 where a byte order mark says so.
    Unicode,
    /// Windows-1252, which has all of ISO 8859-1 that is written.
    Windows1252,
}

impl Encoding {
    /// An encoding by one of its names.
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "utf-16" => Some(Encoding::Unicode),
            "windows-1252" | "cp1252" | "iso-8859-1" | "latin1" => Some(Encoding::Windows1252),
            _ => None,
        }
    }

    /// The text of some bytes, without a byte order mark; none if they are none of it.
    pub fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match (self, bytes) {
            (Encoding::Unicode, [0xFF, 0xFE, rest @ ..]) => utf16(rest, u16::from_le_bytes),
            (Encoding::Unicode, [0xFE, 0xFF, rest @ ..]) => utf16(rest, u16::from_be_bytes),
            (Encoding::Unicode, bytes) => std::str::from_utf8(bytes).ok().map(|text| text.strip_prefix('\u{feff}').unwrap_or(text).into()),
            (Encoding::Windows1252, bytes) => Some(bytes.iter().map(|byte| letter(*byte)).collect::<String>().into()),
        }
    }
}

fn letter(byte: u8) -> char {
    match byte {
        0x80..=0x9F => UPPER.get(usize::from(byte - 0x80)).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
        byte => char::from(byte),
    }
}

fn utf16<'a>(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Cow<'a, str>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    if rest.is_empty() { String::from_utf16(&units).ok().map(Cow::from) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_as_it_was_written() {
        assert_eq!(Encoding::Unicode.decode("\u{feff}Ünder".as_bytes()).as_deref(), Some("Ünder"));
        assert_eq!(Encoding::Unicode.decode(&[0xFF, 0xFE, 0xDC, 0x00]).as_deref(), Some("Ü"));
        assert_eq!(Encoding::Unicode.decode(&[0xFE, 0xFF, 0x00, 0xDC]).as_deref(), Some("Ü"));
        assert_eq!(Encoding::Windows1252.decode(&[0xDC, 0x80, 0x41]).as_deref(), Some("Ü€A"));
        assert_eq!((Encoding::Unicode.decode(&[0xDC]), Encoding::Unicode.decode(&[0xFF, 0xFE, 0xDC])), (None, None));
    }
}
