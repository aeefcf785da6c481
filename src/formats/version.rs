//! Versions: their order, and ranges of them in the notation `vers`.

use percent_encoding::percent_decode_str;
use std::cmp::Ordering;

/// A part of a version: numbers come after words that announce a version, and before nothing else.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// A word such as rc: before the version itself.
    Announced(String),
    /// The end.
    End,
    /// Another word, such as the letter of a patch.
    Word(String),
    /// A number, by its length and its digits.
    Number(usize, String),
}

const ANNOUNCING: &[&str] = &["alpha", "beta", "rc", "cr", "pre", "preview", "snapshot", "dev", "m", "milestone", "nightly"];

/// The order of two versions: numbers as numbers, `1.0-rc1` before `1.0` before `1.0a` before `1.0.1`.
pub fn compare(one: &str, other: &str) -> Ordering {
    let (one, other) = (parts(one), parts(other));
    for at in 0..one.len().max(other.len()) {
        let order = at_of(&one, at).cmp(at_of(&other, at));
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

fn at_of(parts: &[Part], at: usize) -> &Part {
    parts.get(at).unwrap_or(&Part::End)
}

fn parts(version: &str) -> Vec<Part> {
    let version = version.trim().trim_start_matches(['v', 'V']).split('+').next().unwrap_or_default();
    let mut parts = Vec::new();
    let mut run = String::new();
    for letter in version.chars().chain(['.']) {
        let same = run.chars().next().is_none_or(|first| first.is_ascii_digit() == letter.is_ascii_digit());
        if letter.is_alphanumeric() && same {
            run.push(letter);
            continue;
        }
        if !run.is_empty() {
            let part = part(&run);
            if !matches!(part, Part::Number(..)) {
                without_zeros(&mut parts);
            }
            parts.push(part);
            run.clear();
        }
        if letter.is_alphanumeric() {
            run.push(letter);
        }
    }
    without_zeros(&mut parts);
    parts
}

/// Zeros at the end change nothing.
fn without_zeros(parts: &mut Vec<Part>) {
    while parts.last() == Some(&Part::Number(0, String::new())) {
        parts.pop();
    }
}

fn part(run: &str) -> Part {
    if run.starts_with(|first: char| first.is_ascii_digit()) {
        let digits = run.trim_start_matches('0');
        return Part::Number(digits.len(), digits.to_owned());
    }
    let word = run.to_lowercase();
    if ANNOUNCING.contains(&word.as_str()) { Part::Announced(word) } else { Part::Word(word) }
}

/// Versions that follow each other, from one to another; without a bound to that side all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interval {
    /// The first version, or the one that it is after.
    pub from: Option<String>,
    /// True if that is not itself meant.
    pub from_excluded: bool,
    /// The last version, or the one that it is before.
    pub until: Option<String>,
    /// True if that is not itself meant.
    pub until_excluded: bool,
}

impl Interval {
    /// One version.
    pub fn of(version: &str) -> Interval {
        Interval { from: Some(version.to_owned()), until: Some(version.to_owned()), ..Interval::default() }
    }

    /// True if a version is one of them.
    pub fn contains(&self, version: &str) -> bool {
        let after = self.from.as_deref().is_none_or(|from| match compare(version, from) {
            Ordering::Greater => true,
            Ordering::Equal => !self.from_excluded,
            Ordering::Less => false,
        });
        after
            && self.until.as_deref().is_none_or(|until| match compare(version, until) {
                Ordering::Less => true,
                Ordering::Equal => !self.until_excluded,
                Ordering::Greater => false,
            })
    }

    /// What is left of it on both sides of a version.
    fn without(self, version: &str) -> Vec<Interval> {
        if !self.contains(version) {
            return vec![self];
        }
        let (at, touches) =
            (Some(version.to_owned()), |bound: &Option<String>| bound.as_deref().is_some_and(|bound| compare(bound, version) == Ordering::Equal));
        let before = (!touches(&self.from)).then(|| Interval { until: at.clone(), until_excluded: true, ..self.clone() });
        let after = (!touches(&self.until)).then(|| Interval { from: at, from_excluded: true, ..self.clone() });
        before.into_iter().chain(after).collect()
    }
}

/// How many constraints a range may have.
const MOST_CONSTRAINTS: usize = 100;

/// The versions of a range such as `vers:npm/>=1.0|<2.0|!=1.2.4`, as intervals; what is wrong with it if it is none. The name of the scheme may be
/// missing; versions of all schemes have the order of [`compare`].
pub fn ranges(text: &str) -> Result<Vec<Interval>, String> {
    let wrong = || format!("\"{text}\" is no range of versions. Expected one such as vers:generic/>=1.0|<2.0.");
    let bare = match text.trim().strip_prefix("vers:") {
        Some(rest) => rest.split_once('/').ok_or_else(wrong)?.1,
        None => text.trim(),
    };
    if bare.trim() == "*" {
        return Ok(vec![Interval::default()]);
    }
    let mut constraints = Vec::new();
    for constraint in bare.trim_matches('|').split('|').map(str::trim) {
        let signed = ["!=", "<=", ">=", "<", ">", "="].into_iter().find_map(|sign| Some((sign, constraint.strip_prefix(sign)?)));
        let (sign, version) = signed.unwrap_or(("=", constraint));
        let version = percent_decode_str(version.trim()).decode_utf8().map_err(|_| wrong())?.into_owned();
        if version.is_empty() || version.contains(['*', '<', '>', '=', '!', ',', ' ']) || constraints.len() == MOST_CONSTRAINTS {
            return Err(wrong());
        }
        constraints.push((sign, version));
    }
    constraints.sort_by(|(_, one), (_, other)| compare(one, other));
    Ok(spans(&constraints))
}

/// The intervals of constraints in the order of their versions.
fn spans(constraints: &[(&str, String)]) -> Vec<Interval> {
    let mut spans: Vec<Interval> = Vec::new();
    let mut is_open = false;
    for (sign, version) in constraints {
        let excluded = matches!(*sign, "<" | ">");
        match (*sign, spans.last_mut()) {
            (">" | ">=", _) if !is_open => {
                spans.push(Interval { from: Some(version.clone()), from_excluded: excluded, ..Interval::default() });
                is_open = true;
            }
            // Of two ends that follow each other the later one holds.
            ("<" | "<=", Some(last)) if is_open || last.from != last.until => {
                (last.until, last.until_excluded) = (Some(version.clone()), excluded);
                is_open = false;
            }
            ("<" | "<=", _) => spans = vec![Interval { until: Some(version.clone()), until_excluded: excluded, ..Interval::default() }],
            ("=", _) if !is_open => spans.push(Interval::of(version)),
            _ => {}
        }
    }
    if constraints.iter().all(|(sign, _)| *sign == "!=") {
        spans.push(Interval::default());
    }
    for (_, version) in constraints.iter().filter(|(sign, _)| *sign == "!=") {
        spans = spans.into_iter().flat_map(|span| span.without(version)).collect();
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_their_publishers_mean_them() {
        let rising = ["0.9", "1.0-alpha.1", "1.0-beta", "1.0-rc1", "1.0-rc2", "1.0", "1.0a", "1.0g", "1.0.1", "1.2", "1.10", "2.14.1", "2.17", "10"];
        for pair in rising.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(compare(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
        for (one, other) in [("1.0", "v1.0.0"), ("1.0", "1.0+build5"), ("01.2", "1.2")] {
            assert_eq!(compare(one, other), Ordering::Equal, "{one} {other}");
        }
    }

    /// Ranges as mathematicians write them.
    fn written(range: &str) -> Vec<String> {
        let end = |version: &Option<String>| version.clone().unwrap_or_default();
        let each = |span: &Interval| {
            let (open, close) = (if span.from_excluded { '(' } else { '[' }, if span.until_excluded { ')' } else { ']' });
            format!("{open}{},{}{close}", end(&span.from), end(&span.until))
        };
        ranges(range).unwrap().iter().map(each).collect()
    }

    #[test]
    fn a_range_is_read_as_the_specification_of_vers_means_it() {
        assert_eq!(written("vers:generic/<4.0"), ["[,4.0)"]);
        assert_eq!(written("vers:maven/>=1.10|<2.0"), ["[1.10,2.0)"]);
        assert_eq!(written("vers:npm/1.2.3|!=1.2.4"), ["[1.2.3,1.2.3]"]);
        assert_eq!(written("vers:npm/>=1|!=1.2.4|<2"), ["[1,1.2.4)", "(1.2.4,2)"]);
        assert_eq!(written("vers:pypi/0.0.0|0.0.1|>=0.0.2|<=1"), ["[0.0.0,0.0.0]", "[0.0.1,0.0.1]", "[0.0.2,1]"]);
        assert_eq!(written("vers:maven/>=1.0.0-beta1|<=1.7.5|>=7.0.0-M1|<=7.0.7"), ["[1.0.0-beta1,1.7.5]", "[7.0.0-M1,7.0.7]"]);
        assert_eq!(written("vers:generic/>=2|<1"), ["[,1)", "[2,]"], "the order of the constraints does not matter");
        assert_eq!(written("vers:generic/<1|<2|>3|>4"), ["[,2)", "(3,]"]);
        assert_eq!(written("vers:generic/!=1.5"), ["[,1.5)", "(1.5,]"]);
        assert_eq!(written("vers:generic/>=1.5|!=1.5"), ["(1.5,]"]);
        assert_eq!(written("vers:deb/1%2B2"), ["[1+2,1+2]"]);
        assert_eq!((written("*"), written("vers:all/*")), (vec!["[,]".to_owned()], vec!["[,]".to_owned()]));
        assert_eq!(written("vers:generic/1|<2"), ["[,2)"], "what an end covers already is not said again");
        for wrong in ["", "vers:npm", "vers:npm/", "vers:npm/>=", "vers:npm/1|*", "1.0 - 2.0"] {
            assert!(ranges(wrong).is_err(), "{wrong}");
        }
    }
}
