//! The text of a source as the rules read it: comments, tests and strings blanked, and what is left cut into words.
//!
//! By the tokens of the compiler and not by the trees of `syn`, which do not go into macros, where the resources stand.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

/// A word or sign, and where it stands.
pub struct Token {
    pub text: String,
    pub line: usize,
}

pub fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn is_part_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The words and signs of code; `$crate` in a macro is `crate`, and `r#type` keeps its mark.
pub fn tokens(code: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let (mut line, mut rest) = (1, code);
    while let Some(first) = rest.chars().next() {
        let word = |from: usize| rest[from..].find(|c: char| !is_part_of_word(c)).map_or(rest.len(), |length| from + length);
        let length = match first {
            'r' if rest.starts_with("r#") && rest[2..].starts_with(|c: char| c.is_alphabetic() || c == '_') => word(2),
            c if is_part_of_word(c) => word(0),
            ':' if rest.starts_with("::") => 2,
            c => c.len_utf8(),
        };
        line += usize::from(first == '\n');
        if !first.is_whitespace() && first != '$' {
            tokens.push(Token { text: rest[..length].to_owned(), line });
        }
        rest = &rest[length..];
    }
    tokens
}

/// The text with its comments, tests and strings blanked, and the same with its strings. Both are as long as the text.
pub fn clean(text: &str) -> (String, String) {
    let blank: Vec<u8> = text.bytes().map(|byte| if byte == b'\n' { byte } else { b' ' }).collect();
    let mut kept = Kept { text, code: blank.clone(), spoken: blank };
    kept.keep(read(text));
    (String::from_utf8(kept.code).unwrap(), String::from_utf8(kept.spoken).unwrap())
}

fn read(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|error| panic!("this is no Rust: {error}\n{text}"))
}

/// What of a text is kept.
struct Kept<'t> {
    text: &'t str,
    code: Vec<u8>,
    spoken: Vec<u8>,
}

impl Kept<'_> {
    fn keep(&mut self, stream: TokenStream) {
        let mut tokens = stream.into_iter().peekable();
        while let Some(token) = tokens.next() {
            if is_sign(&token, '#') && matches!(tokens.peek(), Some(TokenTree::Group(group)) if is_for_tests(group)) {
                // In doubt the item ends early: what is left over is read and may be refused, what is blanked is never seen.
                let ends = |token: &TokenTree| is_sign(token, ';') || is_sign(token, ',') || is_braced(token);
                tokens.by_ref().find(ends);
                continue;
            }
            match token {
                // A comment on an item stands among the tokens as an attribute.
                _ if self.said(token.span()).starts_with(['/']) && self.said(token.span()).len() > 1 => {}
                TokenTree::Group(group) => {
                    self.copy(group.span_open(), true);
                    self.keep(group.stream());
                    self.copy(group.span_close(), true);
                }
                TokenTree::Literal(literal) => self.copy(literal.span(), self.said(literal.span()).starts_with(|first: char| first.is_ascii_digit())),
                TokenTree::Ident(_) | TokenTree::Punct(_) => self.copy(token.span(), true),
            }
        }
    }

    fn said(&self, span: Span) -> &str {
        &self.text[span.byte_range()]
    }

    fn copy(&mut self, span: Span, is_code: bool) {
        let range = span.byte_range();
        let bytes = &self.text.as_bytes()[range.clone()];
        self.spoken[range.clone()].copy_from_slice(bytes);
        if is_code {
            self.code[range].copy_from_slice(bytes);
        }
    }
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn is_braced(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// `[cfg(test)]`.
fn is_for_tests(group: &Group) -> bool {
    group.delimiter() == Delimiter::Bracket && group.stream().to_string().replace(' ', "") == "cfg(test)"
}

/// The functions with a body, and how many lines each has.
pub fn functions(code: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    functions_in(read(code), &mut found);
    found
}

fn functions_in(stream: TokenStream, found: &mut Vec<(String, usize)>) {
    let mut open: Option<(String, usize)> = None;
    let mut before: Option<Span> = None;
    for token in stream {
        match &token {
            TokenTree::Ident(name) if before.is_some() => {
                open = before.map(|start| (name.to_string(), start.start().line));
            }
            TokenTree::Group(group) => {
                if is_braced(&token)
                    && let Some((name, start)) = open.take()
                {
                    found.push((name, group.span_close().end().line - start + 1));
                }
                functions_in(group.stream(), found);
            }
            token if is_sign(token, ';') => open = None,
            _ => {}
        }
        before = Some(token.span()).filter(|_| matches!(&token, TokenTree::Ident(word) if word == "fn"));
    }
}

#[test]
fn comments_strings_and_tests_are_blanked_and_nothing_else() {
    let text = r##"
        //! hidden /* not open
        /* hidden /* deeper */ hidden */ seen_a();
        fn f<'a>(x: &'a str) -> char { let _ = r#"text "quoted" text"#; let _ = "text \" text"; seen_b(); '"'; b'\''; '\u{22}' }
        #[cfg(test)]
        use hidden::{a, b};
        #[cfg(test)]
        mod tests { fn g() { if true { hidden(); } } }
        struct S { #[cfg(test)] hidden: u8, seen_c: seen_d::E }
        fn r#use() { seen_e }
    "##;
    let (code, spoken) = clean(text);
    assert_eq!((code.len(), spoken.len()), (text.len(), text.len()));
    assert!(!code.contains("hidden") && !code.contains("text") && !spoken.contains("hidden"), "{code}");
    assert!(spoken.contains("text \"quoted\" text"));
    for seen in ["seen_a", "seen_b", "seen_c", "seen_d::E", "seen_e"] {
        assert!(code.contains(seen), "{seen} is gone: {code}");
    }
    assert!(tokens(&code).iter().any(|token| token.text == "r#use"));
}

#[test]
fn a_function_has_the_lines_from_its_name_to_its_end() {
    let text = "trait T { fn none(&self); fn one(&self) {} }\nmacro_rules! m { () => {\n    fn three() -> [u8; 2] {\n        [0, 1]\n    }\n} }";
    assert_eq!(functions(text), [("one".to_owned(), 1), ("three".to_owned(), 3)]);
}
