//! The text of a source as the rules read it: comments, tests and strings blanked, and what is left cut into words.

/// A word or sign, and where it stands.
pub struct Token {
    pub text: String,
    pub line: usize,
}

/// What a piece of text is to a reader of code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    Comment,
    Text,
    Code,
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
    let (mut code, mut spoken) = (text.as_bytes().to_vec(), text.as_bytes().to_vec());
    let mut at = 0;
    while at < text.len() {
        let (piece, length) = piece(text, at);
        if piece != Piece::Code {
            blank(&mut code, at, at + length);
        }
        if piece == Piece::Comment {
            blank(&mut spoken, at, at + length);
        }
        at += length;
    }
    let plain = String::from_utf8(code.clone()).unwrap();
    for (start, sign) in plain.match_indices("#[cfg(test)]") {
        let end = end_of_item(&plain, start + sign.len());
        blank(&mut code, start, end);
        blank(&mut spoken, start, end);
    }
    (String::from_utf8(code).unwrap(), String::from_utf8(spoken).unwrap())
}

fn blank(text: &mut [u8], from: usize, to: usize) {
    text[from..to].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
}

/// What begins here, and how long it is.
fn piece(text: &str, at: usize) -> (Piece, usize) {
    let rest = &text[at..];
    let inside_a_word = text[..at].ends_with(is_part_of_word);
    if rest.starts_with("//") {
        (Piece::Comment, rest.find('\n').unwrap_or(rest.len()))
    } else if rest.starts_with("/*") {
        (Piece::Comment, block_comment(rest))
    } else if let Some(length) = raw_text(rest).filter(|_| !inside_a_word) {
        (Piece::Text, length)
    } else if rest.starts_with('"') {
        (Piece::Text, quoted(rest))
    } else if let Some(length) = letter(rest) {
        (Piece::Text, length)
    } else {
        (Piece::Code, rest.chars().next().map_or(1, char::len_utf8))
    }
}

/// Block comments stand in each other.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// `r"…"`, `br#"…"#`.
fn raw_text(rest: &str) -> Option<usize> {
    let marked = ["r", "br", "cr"].iter().find_map(|mark| rest.strip_prefix(mark).filter(|after| after.starts_with(['"', '#'])))?;
    let inside = marked.trim_start_matches('#').strip_prefix('"')?;
    let start = rest.len() - inside.len();
    let hashes = rest[..start].matches('#').count();
    let close = format!("\"{}", "#".repeat(hashes));
    Some(inside.find(&close).map_or(rest.len(), |end| start + end + close.len()))
}

fn quoted(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut end = 1;
    while end < bytes.len() && bytes[end] != b'"' {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
    }
    (end + 1).min(bytes.len())
}

/// `'x'`, `'\n'`; a lifetime is none.
fn letter(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    let first = inside.chars().next()?;
    if first == '\\' {
        return Some(3 + rest.get(3..)?.find('\'')? + 1);
    }
    inside[first.len_utf8()..].starts_with('\'').then(|| 2 + first.len_utf8())
}

/// Where the item that starts here ends: at its `;` or `,`, at its closing brace, or where what it stands in ends.
/// In doubt it ends early: what is left over is read and may be refused, what is blanked is never seen.
fn end_of_item(code: &str, start: usize) -> usize {
    let mut depth = 0;
    for (at, sign) in code[start..].char_indices() {
        match sign {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' if depth == 0 => return start + at,
            '}' if depth == 1 => return start + at + 1,
            '}' | ')' | ']' => depth -= 1,
            ';' | ',' if depth == 0 => return start + at + 1,
            _ => {}
        }
    }
    code.len()
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
