//! What all forms draw with.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{IntoTextStyle, RGBColor, TextStyle};

/// Where is drawn.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// Drawing into text fails only where a form asks for the impossible.
pub type Drawn = std::result::Result<(), Box<dyn std::error::Error>>;

/// Text of a size in pixels, its middle at the height where it is drawn.
pub fn text<'a>(size: u32, color: &'a RGBColor, side: HPos) -> TextStyle<'a> {
    ("sans-serif", size).into_text_style(&(1, 1)).color(color).pos(Pos::new(side, VPos::Center))
}

/// The pixels that a text takes, as near as can be told without its font.
pub fn width_of(letters: usize, size: u32) -> u32 {
    u32::try_from(letters).unwrap_or(u32::MAX).saturating_mul(size * 56 / 100)
}

/// A text cut to a width in pixels.
pub fn fitted(text: &str, width: u32, size: u32) -> String {
    cut(text, usize::try_from(width / (size * 56 / 100).max(1)).unwrap_or(usize::MAX))
}

/// A text of at most so many characters, without what XML cannot hold.
pub fn cut(text: &str, most: usize) -> String {
    let plain = |letter: char| if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') { ' ' } else { letter };
    let letters: Vec<char> = text.chars().map(plain).take(most + 1).collect();
    if letters.len() <= most { letters.into_iter().collect() } else { letters.iter().take(most.saturating_sub(1)).chain(['…'].iter()).collect() }
}

/// A number in few characters: 1250000 is 1.25 M.
pub fn short(value: f64) -> String {
    const UNITS: [(f64, &str); 4] = [(1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")];
    let (divisor, unit) = UNITS.into_iter().find(|(least, _)| value.abs() >= *least).unwrap_or((1.0, ""));
    let digits = format!("{:.2}", value / divisor);
    let digits = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { &digits };
    format!("{}{unit}", if digits == "-0" { "0" } else { digits })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let shown: Vec<String> = [0.0, -0.001, 12.5, 1_250_000.0, -40_000.0, 3e12].into_iter().map(short).collect();
        assert_eq!(shown, ["0", "0", "12.5", "1.25 M", "-40 k", "3 T"]);
    }
}
