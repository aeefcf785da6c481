//! Texts that are nearly right, by a seed that is printed.

/// A generator that a seed decides (SplitMix64).
pub struct Random(u64);

impl Random {
    pub fn new(name: &str) -> Random {
        let seed = std::env::var("STEWARD_TEST_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_129);
        println!("{name}: STEWARD_TEST_SEED={seed}");
        Random(seed)
    }

    pub fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 33) as usize % below.max(1)
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.next(from.len())]
    }

    /// One of some texts, changed in a few places.
    pub fn near(&mut self, seeds: &[&str], pieces: &[&str]) -> String {
        let mut letters: Vec<char> = self.pick(seeds).chars().collect();
        for _ in 0..self.next(6) {
            let at = self.next(letters.len() + 1);
            match self.next(6) {
                0 => drop(letters.drain(at..letters.len().min(at + 1 + self.next(8)))),
                1 => {
                    let piece = self.pick(pieces);
                    drop(letters.splice(at..at, piece.chars()));
                }
                2 => {
                    let other: Vec<char> = self.pick(seeds).chars().collect();
                    letters.extend(&other[self.next(other.len())..]);
                }
                3 => letters.truncate(at),
                4 => {
                    let again: Vec<char> = letters[at..letters.len().min(at + 12)].to_vec();
                    (0..self.next(40)).for_each(|_| drop(letters.splice(at..at, again.iter().copied())));
                }
                _ => letters.insert(at, char::from_u32(self.next(0x11_0000) as u32).unwrap_or('\u{fffd}')),
            }
        }
        letters.into_iter().collect()
    }

    /// One of the letters, so many times.
    pub fn word(&mut self, letters: &str, length: usize) -> String {
        let letters: Vec<char> = letters.chars().collect();
        (0..length).map(|_| letters[self.next(letters.len())]).collect()
    }
}

/// What breaks what is written by hand.
pub const ODD: &[&str] = &[
    "\"",
    "'",
    "\\",
    "\0",
    "\u{202e}",
    "\u{feff}",
    "ſ",
    "İ",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    ";",
    "\r",
    "\n",
    "\r\n",
    "null",
    "-0",
    "1e400",
    "99999999999999999999",
    "𝕏",
    "%",
    "&",
    "=",
    "(",
    ")",
];
