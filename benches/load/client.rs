//! A client that costs little: HTTP/1.1 over one connection that stays open.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

/// One connection.
pub struct Client {
    stream: BufReader<TcpStream>,
    token: String,
}

impl Client {
    /// None where nobody listens.
    pub fn open(address: SocketAddr, token: &str) -> Option<Client> {
        let stream = TcpStream::connect(address).ok()?;
        stream.set_nodelay(true).ok()?;
        Some(Client { stream: BufReader::new(stream), token: token.to_owned() })
    }

    /// The status of an answer.
    pub fn status(&mut self, path: &str) -> u16 {
        self.answered("GET", path, "", "").0
    }

    /// The body of an answer, which must have the expected status.
    pub fn call(&mut self, method: &str, path: &str, headers: &str, body: &str, status: u16) -> String {
        let (answered, body) = self.answered(method, path, headers, body);
        assert_eq!(answered, status, "{method} {path}: {body}");
        body
    }

    /// The status and the body of an answer, whatever it is.
    pub fn answered(&mut self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        self.send(method, path, headers, body);
        self.answer()
    }

    fn send(&mut self, method: &str, path: &str, headers: &str, body: &str) {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes()).expect("the server reads");
    }

    fn answer(&mut self) -> (u16, String) {
        let (mut status, mut length, mut chunked) = (0, 0, false);
        loop {
            let line = self.line();
            if let Some(rest) = line.strip_prefix("HTTP/1.1 ") {
                status = rest[..3].parse().expect("a status");
            } else if line.is_empty() {
                break;
            }
            let line = line.to_ascii_lowercase();
            if let Some(rest) = line.strip_prefix("content-length:") {
                length = rest.trim().parse().expect("a length");
            }
            chunked |= line.starts_with("transfer-encoding:");
        }
        let mut body = Vec::new();
        while chunked {
            let size = usize::from_str_radix(&self.line(), 16).expect("a chunk");
            self.read(size, &mut body);
            self.line();
            chunked = size > 0;
        }
        self.read(length, &mut body);
        (status, String::from_utf8(body).expect("text"))
    }

    fn read(&mut self, size: usize, body: &mut Vec<u8>) {
        let start = body.len();
        body.resize(start + size, 0);
        self.stream.read_exact(&mut body[start..]).expect("the whole answer");
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("a line");
        line.trim_end().to_owned()
    }
}
