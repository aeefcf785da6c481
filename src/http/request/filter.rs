//! The filter language: a subset of AIP-160, read into a tree that knows nothing yet of fields.
//!
//! `name : "review" AND (state = operating OR test_period_days >= 90) AND NOT owner_id = null`: comparisons with
//! `= != < <= > >=`, `:` (contains, case-blind), `AND OR NOT`, parentheses, `null`, and one step through a reference
//! (`owner.name = "Ada"`).

use crate::store::Comparison;
use winnow::ascii::{Caseless, multispace0, multispace1};
use winnow::combinator::{alt, delimited, not, opt, peek, preceded, repeat, separated, terminated};
use winnow::prelude::*;
use winnow::token::{any, literal, one_of, take_while};

/// The longest filter, in bytes.
pub const LONGEST: usize = 2048;
/// How deep parentheses and NOT may nest.
pub const DEEPEST: usize = 8;
/// How many comparisons a filter may have.
pub const TERMS: usize = 32;

/// A filter as it was written.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// All of these.
    And(Vec<Expression>),
    /// Any of these.
    Or(Vec<Expression>),
    /// Not this.
    Not(Box<Expression>),
    /// A comparison.
    Term(Term),
}

/// A comparison as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The field's name, its parts apart.
    pub path: Vec<String>,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what; none for a bare `null`.
    pub value: Option<String>,
}

/// Reads a filter; says what is wrong with one that cannot be read.
pub fn parse(text: &str) -> Result<Expression, String> {
    if text.len() > LONGEST {
        return Err(format!("A filter may be at most {LONGEST} bytes."));
    }
    // Before the parser, which recurses: parentheses are counted, a NOT is three letters.
    let open = nesting(text);
    if open > DEEPEST {
        return Err(format!("A filter may nest at most {DEEPEST} deep."));
    }
    let expression = delimited(multispace0, any_of, multispace0).parse(text).map_err(|error| {
        let near: String = text.get(error.offset()..).unwrap_or_default().chars().take(20).collect();
        format!(
            "The filter cannot be read at character {}, near {near:?}. Write comparisons such as name = \"Ada\", joined by AND, OR and NOT.",
            error.offset() + 1
        )
    })?;
    if depth(&expression) > DEEPEST {
        return Err(format!("A filter may nest at most {DEEPEST} deep."));
    }
    if terms(&expression) > TERMS {
        return Err(format!("A filter may have at most {TERMS} comparisons."));
    }
    Ok(expression)
}

fn nesting(text: &str) -> usize {
    let (mut open, mut most, mut quoted, mut escaped) = (0usize, 0usize, false, false);
    for letter in text.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '(' if !quoted => {
                open += 1;
                most = most.max(open);
            }
            ')' if !quoted => open = open.saturating_sub(1),
            _ => {}
        }
    }
    most
}

/// Nesting of NOT and of groups inside groups.
fn depth(expression: &Expression) -> usize {
    match expression {
        Expression::And(list) | Expression::Or(list) => 1 + list.iter().map(depth).max().unwrap_or(0),
        Expression::Not(inner) => 1 + depth(inner),
        Expression::Term(_) => 0,
    }
}

fn terms(expression: &Expression) -> usize {
    match expression {
        Expression::And(list) | Expression::Or(list) => list.iter().map(terms).sum(),
        Expression::Not(inner) => terms(inner),
        Expression::Term(_) => 1,
    }
}

fn one_or(mut list: Vec<Expression>, many: fn(Vec<Expression>) -> Expression) -> Expression {
    if list.len() == 1 { list.remove(0) } else { many(list) }
}

fn any_of(input: &mut &str) -> ModalResult<Expression> {
    separated(1.., all_of, keyword("OR")).map(|list| one_or(list, Expression::Or)).parse_next(input)
}

fn all_of(input: &mut &str) -> ModalResult<Expression> {
    separated(1.., negated, keyword("AND")).map(|list| one_or(list, Expression::And)).parse_next(input)
}

/// A word between blanks; a parenthesis may stand directly beside it.
fn keyword<'a>(word: &'static str) -> impl Parser<&'a str, (), winnow::error::ErrMode<winnow::error::ContextError>> {
    (multispace0, literal(Caseless(word)), peek(alt((multispace1.void(), one_of(['(', '"']).void()))), multispace0).void()
}

fn negated(input: &mut &str) -> ModalResult<Expression> {
    let negations: usize = repeat(0.., terminated(literal(Caseless("NOT")), peek(alt((multispace1.void(), literal("(").void())))).and_then_blank())
        .fold(|| 0, |count, ()| count + 1)
        .parse_next(input)?;
    let inner = alt((delimited(('(', multispace0), any_of, (multispace0, ')')), term.map(Expression::Term))).parse_next(input)?;
    Ok((0..negations).fold(inner, |inner, _| Expression::Not(Box::new(inner))))
}

/// Blanks after a parser.
trait ThenBlank<'a, O>: Parser<&'a str, O, winnow::error::ErrMode<winnow::error::ContextError>> + Sized {
    fn and_then_blank(self) -> impl Parser<&'a str, (), winnow::error::ErrMode<winnow::error::ContextError>> {
        (self, multispace0).void()
    }
}

impl<'a, O, P: Parser<&'a str, O, winnow::error::ErrMode<winnow::error::ContextError>>> ThenBlank<'a, O> for P {}

fn term(input: &mut &str) -> ModalResult<Term> {
    let path: Vec<String> = separated(1..=2, name, '.').parse_next(input)?;
    let comparison = delimited(multispace0, comparison, multispace0).parse_next(input)?;
    let value = alt((quoted.map(Some), bare)).parse_next(input)?;
    Ok(Term { path, comparison, value })
}

fn name(input: &mut &str) -> ModalResult<String> {
    take_while(1..=100, |letter: char| letter.is_ascii_alphanumeric() || letter == '_').map(str::to_owned).parse_next(input)
}

fn comparison(input: &mut &str) -> ModalResult<Comparison> {
    alt((
        literal("!=").value(Comparison::NotEqual),
        literal("<=").value(Comparison::AtMost),
        literal(">=").value(Comparison::AtLeast),
        literal("=").value(Comparison::Equal),
        literal("<").value(Comparison::Less),
        literal(">").value(Comparison::Greater),
        literal(":").value(Comparison::Contains),
    ))
    .parse_next(input)
}

fn quoted(input: &mut &str) -> ModalResult<String> {
    let letter = alt((preceded('\\', any), preceded(not('"'), any)));
    delimited(
        '"',
        repeat(0.., letter).fold(String::new, |mut text, letter| {
            text.push(letter);
            text
        }),
        '"',
    )
    .parse_next(input)
}

/// A value without quotes: a number, a date, a UUID, a word; `null` is no value.
fn bare(input: &mut &str) -> ModalResult<Option<String>> {
    let _: Option<()> = opt(multispace0.void()).parse_next(input)?;
    take_while(1.., |letter: char| letter.is_alphanumeric() || "_-.:+@/".contains(letter))
        .map(|word: &str| (word != "null").then(|| word.to_owned()))
        .parse_next(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(expression: &Expression) -> String {
        match expression {
            Expression::And(list) => format!("({})", list.iter().map(written).collect::<Vec<_>>().join(" AND ")),
            Expression::Or(list) => format!("({})", list.iter().map(written).collect::<Vec<_>>().join(" OR ")),
            Expression::Not(inner) => format!("NOT {}", written(inner)),
            Expression::Term(term) => format!("{} {:?} {:?}", term.path.join("."), term.comparison, term.value),
        }
    }

    fn read(text: &str) -> String {
        parse(text).map_or_else(|error| error, |expression| written(&expression))
    }

    #[test]
    fn and_binds_tighter_than_or_and_not_tightest() {
        assert_eq!(read("a=1 OR b=2 AND NOT c=3"), "(a Equal Some(\"1\") OR (b Equal Some(\"2\") AND NOT c Equal Some(\"3\")))");
        assert_eq!(read("(a=1 OR b=2) AND c=3"), "((a Equal Some(\"1\") OR b Equal Some(\"2\")) AND c Equal Some(\"3\"))");
    }

    #[test]
    fn values_are_quoted_or_bare_and_null_is_no_value() {
        assert_eq!(read(r#"name : "say \"hi\" \\ there""#), r#"name Contains Some("say \"hi\" \\ there")"#);
        assert_eq!(read("starts_on >= 2026-01-31"), "starts_on AtLeast Some(\"2026-01-31\")");
        assert_eq!(read("owner_id != null"), "owner_id NotEqual None");
        assert_eq!(read("name = \"null\""), "name Equal Some(\"null\")");
        assert_eq!(read("vendor.tier = strategic"), "vendor.tier Equal Some(\"strategic\")");
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for text in ["", "a", "a=", "=1", "a=1 AND", "a=1 b=2", "(a=1", "a=1)", "a==1", "a.b.c=1", "NOT", "a=\"x", "a = 1 OR OR b = 2", "andromeda"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_filter_is_bounded_in_length_depth_and_terms() {
        assert!(parse(&format!("a={}", "1".repeat(LONGEST))).is_err());
        assert!(parse(&format!("{}a=1{}", "(".repeat(9), ")".repeat(9))).is_err());
        assert!(parse(&format!("{}a=1", "NOT ".repeat(9))).is_err());
        assert!(parse(&vec!["a=1"; 33].join(" OR ")).is_err());
        assert!(parse(&vec!["a=1"; 32].join(" OR ")).is_ok());
    }
}
