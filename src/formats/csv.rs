//! Comma-separated values (RFC 4180), with what spreadsheets need: an empty cell is null and `""` is empty text, which no
//! library tells apart, and text that a spreadsheet would run as a formula is kept from it.

/// A cell as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing between the commas: null.
    Empty,
    /// Text, `""` included.
    Text(String),
}

/// A file that is no CSV: the row (1 is the header) and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The row.
    pub row: usize,
    /// What is wrong with it.
    pub detail: &'static str,
}

/// Reads all rows, the header among them.
pub fn parse(text: &str) -> Result<Vec<Vec<Cell>>, Malformed> {
    Rows::of(text, ',').collect()
}

/// What may stand between cells.
pub const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// The delimiter of a file, and the file without the line by which a spreadsheet says it (`sep=;`): the one that its first row has most of.
pub fn sniffed(text: &str) -> (char, &str) {
    let line = text.split(['\r', '\n']).next().unwrap_or_default();
    if let Some(said) = line.strip_prefix("sep=").and_then(|rest| rest.chars().next()).filter(|said| DELIMITERS.contains(said) && line.chars().count() == 5) {
        let rest = text.get(line.len()..).unwrap_or_default();
        return (said, rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\r', '\n'])).unwrap_or(rest));
    }
    let mut quoted = false;
    let mut counts = [0_usize; DELIMITERS.len()];
    for letter in line.chars() {
        quoted ^= letter == '"';
        if let Some(at) = DELIMITERS.iter().position(|delimiter| *delimiter == letter).filter(|_| !quoted) {
            counts[at] += 1;
        }
    }
    let most = (0..DELIMITERS.len()).rev().max_by_key(|at| counts[*at]).unwrap_or_default();
    (if counts[most] == 0 { ',' } else { DELIMITERS[most] }, text)
}

/// The rows of a file, one at a time, the header among them. They end with LF or CRLF; blank ones are left out.
pub struct Rows<'a> {
    rest: &'a str,
    row: usize,
    delimiter: char,
}

impl<'a> Rows<'a> {
    /// The rows of a text, whose cells are apart by a delimiter.
    pub fn of(text: &'a str, delimiter: char) -> Self {
        Rows { rest: text.strip_prefix('\u{feff}').unwrap_or(text), row: 0, delimiter }
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Vec<Cell>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            match parse_row(self.rest, self.delimiter) {
                Ok((row, after)) => {
                    self.rest = after;
                    if row != [Cell::Empty] {
                        self.row += 1;
                        return Some(Ok(row));
                    }
                }
                Err(detail) => {
                    self.rest = "";
                    return Some(Err(Malformed { row: self.row + 1, detail }));
                }
            }
        }
        None
    }
}

fn parse_row(mut rest: &str, delimiter: char) -> Result<(Vec<Cell>, &str), &'static str> {
    let mut row = Vec::new();
    loop {
        let (cell, after) = match rest.strip_prefix('"') {
            Some(quoted) => parse_quoted(quoted)?,
            None => {
                let end = rest.find([delimiter, '\n', '\r']).unwrap_or(rest.len());
                let plain = &rest[..end];
                if plain.contains('"') {
                    return Err("a quotation mark stands inside a cell that does not begin with one");
                }
                (if plain.is_empty() { Cell::Empty } else { Cell::Text(plain.to_owned()) }, &rest[end..])
            }
        };
        row.push(cell);
        if let Some(next) = after.strip_prefix(delimiter) {
            rest = next;
        } else if let Some(next) = after.strip_prefix("\r\n").or_else(|| after.strip_prefix('\n')).or_else(|| after.strip_prefix('\r')) {
            return Ok((row, next));
        } else if after.is_empty() {
            return Ok((row, after));
        } else {
            return Err("something stands between a closing quotation mark and the next delimiter");
        }
    }
}

fn parse_quoted(mut rest: &str) -> Result<(Cell, &str), &'static str> {
    let mut text = String::new();
    loop {
        let Some(end) = rest.find('"') else { return Err("a quotation mark is not closed") };
        text.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(more) => {
                text.push('"');
                rest = more;
            }
            None => return Ok((Cell::Text(text), rest)),
        }
    }
}

/// Writes one row, with CRLF at its end.
pub fn write_row<'a>(cells: impl IntoIterator<Item = Option<&'a str>>, out: &mut String) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        match cell {
            None => {}
            Some(text)
                if text.is_empty() || text.contains([',', '"', '\n', '\r']) || text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) =>
            {
                out.push('"');
                out.push_str(&text.replace('"', "\"\""));
                out.push('"');
            }
            Some(text) => out.push_str(text),
        }
    }
    out.push_str("\r\n");
}

/// Whether a spreadsheet would run the text: it begins with one of `= + - @ TAB CR`, if need be after quotation marks and
/// blanks.
fn would_run(text: &str) -> bool {
    text.starts_with(['\t', '\r']) || text.trim_start_matches(['\'', '"', ' ']).starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Text as it goes into a file: with a `'` before what a spreadsheet would run.
pub fn guarded(text: &str) -> String {
    if would_run(text) { format!("'{text}") } else { text.to_owned() }
}

/// Text as it comes out of a file: the `'` of [`guarded`] taken off again.
pub fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| would_run(rest)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.into())
    }

    #[test]
    fn an_empty_cell_is_null_and_quotation_marks_alone_are_empty_text() {
        assert_eq!(parse("a,b\r\n,\"\"\r\n").unwrap(), [vec![text("a"), text("b")], vec![Cell::Empty, text("")]]);
    }

    #[test]
    fn quoted_cells_hold_commas_line_ends_and_quotation_marks() {
        assert_eq!(parse("\"a,\"\"b\"\"\nc\",d").unwrap(), [[text("a,\"b\"\nc"), text("d")]]);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let cells = ["", "a", "a,b", "say \"hi\"", " blank ", "line\nline", "é", "'"];
        let mut out = String::new();
        write_row(cells.iter().map(|cell| Some(*cell)).chain([None]), &mut out);
        let expected: Vec<Cell> = cells.iter().map(|cell| text(cell)).chain([Cell::Empty]).collect();
        assert_eq!(parse(&out).unwrap(), [expected]);
    }

    #[test]
    fn the_delimiter_is_the_one_that_the_first_row_has_most_of() {
        for (file, expected) in [("a,b\n1;2;3", ','), ("a;b;c,d\n", ';'), ("a\tb", '\t'), ("\"a;b;c\",d", ','), ("a", ','), ("a|b", '|'), ("", ',')] {
            assert_eq!(sniffed(file), (expected, file), "{file:?}");
        }
        assert_eq!(sniffed("sep=;\r\na;b"), (';', "a;b"));
        assert_eq!(Rows::of("a;\"b;c\"\n", ';').collect::<Result<Vec<_>, _>>().unwrap(), [[text("a"), text("b;c")]]);
    }

    #[test]
    fn what_is_no_csv_is_refused_with_its_row() {
        assert_eq!(parse("a\n\"b").unwrap_err().row, 2);
        assert_eq!(parse("a\nb\nc\"d\n").unwrap_err().row, 3);
        assert_eq!(parse("\"a\"b").unwrap_err().row, 1);
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_kept_from_it_and_comes_back() {
        for dangerous in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", " =1", "\"=1", "''-1"] {
            assert!(guarded(dangerous).starts_with('\''), "{dangerous:?}");
            assert_eq!(unguarded(&guarded(dangerous)), dangerous);
        }
        for harmless in ["", "a=1", "'quoted'", "it's", "1-1", "'"] {
            assert_eq!(guarded(harmless), harmless);
            assert_eq!(unguarded(harmless), harmless);
        }
    }
}
