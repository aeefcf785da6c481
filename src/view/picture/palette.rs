//! Colours: those of Okabe and Ito, which people tell apart who do not see red or green, and what becomes of them on dark ground.

use plotters::style::RGBColor;

/// Text and axes.
pub const INK: RGBColor = RGBColor(0x1F, 0x29, 0x33);
/// Lines that only guide the eye.
pub const QUIET: RGBColor = RGBColor(0xD5, 0xDA, 0xE0);
/// What everything stands on.
pub const GROUND: RGBColor = RGBColor(0xFF, 0xFF, 0xFE);
/// Text on a colour that stays the same on any ground.
pub const BLACK: RGBColor = RGBColor(0, 0, 0);
/// Text on a dark colour that stays the same on any ground.
pub const WHITE: RGBColor = RGBColor(0xFE, 0xFE, 0xFE);
/// What is amiss.
pub const ALARM: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
/// Surfaces without a colour of their own.
pub const SURFACE: RGBColor = RGBColor(0xE8, 0xED, 0xF2);

/// What stands beside each other.
const SERIES: [RGBColor; 6] = [
    RGBColor(0x00, 0x72, 0xB2),
    RGBColor(0xE6, 0x9F, 0x00),
    RGBColor(0x00, 0x9E, 0x73),
    RGBColor(0xCC, 0x79, 0xA7),
    RGBColor(0x56, 0xB4, 0xE9),
    RGBColor(0xD5, 0x5E, 0x00),
];

/// The colour of one of several.
pub fn series(number: usize) -> RGBColor {
    SERIES.get(number % SERIES.len()).copied().unwrap_or(INK)
}

/// The colours on dark ground, where whoever looks prefers it.
pub const STYLE: &str = "@media (prefers-color-scheme: dark){\
    [fill=\"#FFFFFE\"]{fill:#14181D}[fill=\"#1F2933\"]{fill:#E4E8EC}[stroke=\"#1F2933\"]{stroke:#E4E8EC}\
    [fill=\"#D5DAE0\"]{fill:#3A434D}[stroke=\"#D5DAE0\"]{stroke:#3A434D}[fill=\"#E8EDF2\"]{fill:#26303A}\
    [fill=\"#0072B2\"]{fill:#4BA3DB}[stroke=\"#0072B2\"]{stroke:#4BA3DB}}";

/// The colour that text can be read in on another.
pub fn readable_on(color: RGBColor) -> RGBColor {
    // Relative luminance without the correction of gamma: enough to choose between black and white.
    let RGBColor(red, green, blue) = color;
    let light = 0.2126 * f64::from(red) + 0.7152 * f64::from(green) + 0.0722 * f64::from(blue);
    if light > 128.0 { BLACK } else { WHITE }
}

/// A colour as records hold it: #RRGGBB.
pub fn parsed(code: &str) -> Option<RGBColor> {
    let digits = code.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let part = |at: usize| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    Some(RGBColor(part(0)?, part(2)?, part(4)?))
}

/// A colour of a scale from light to strong, for levels that have none: 0 is the least.
pub fn scaled(share: f64) -> RGBColor {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let mixed = |least: u8, most: u8| (f64::from(least) + (f64::from(most) - f64::from(least)) * share).round() as u8;
    RGBColor(mixed(0xFD, 0xC4), mixed(0xF1, 0x3A), mixed(0xC9, 0x1E))
}
