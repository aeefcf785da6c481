//! A mail server on this machine: it keeps what it is sent, and takes it as it is told.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A mail as it came.
#[derive(Debug, Clone)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    /// Headers and text, with the coding of the text undone.
    pub text: String,
}

#[derive(Default)]
struct Kept {
    mails: Mutex<Vec<Received>>,
    /// What the next mails are answered, behind their text.
    codes: Mutex<VecDeque<u16>>,
}

/// A server that answers as long as the test lasts.
pub struct MailServer {
    pub url: String,
    kept: Arc<Kept>,
}

impl MailServer {
    /// One that takes every mail.
    pub fn start() -> MailServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = MailServer { url: format!("smtp://127.0.0.1:{}", listener.local_addr().unwrap().port()), kept: Arc::default() };
        let kept = server.kept.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = kept.clone();
                std::thread::spawn(move || kept.serve(stream));
            }
        });
        server
    }

    /// Answers the next mails with these codes, one each.
    pub fn answer(&self, codes: &[u16]) {
        self.kept.codes.lock().unwrap().extend(codes);
    }

    /// What it has taken or refused so far, in the order in which it came.
    pub fn mails(&self) -> Vec<Received> {
        self.kept.mails.lock().unwrap().clone()
    }
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        let line = self.text.lines().take_while(|line| !line.is_empty()).find(|line| line.starts_with(&format!("{name}: ")));
        line.map_or("", |line| &line[name.len() + 2..])
    }

    pub fn body(&self) -> &str {
        self.text.split_once("\n\n").map_or("", |(_, body)| body)
    }
}

impl Kept {
    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut out = stream.try_clone()?;
        let mut lines = BufReader::new(stream).lines();
        out.write_all(b"220 mail.test ready\r\n")?;
        let mut mail = Received { from: String::new(), to: Vec::new(), text: String::new() };
        while let Some(line) = lines.next().transpose()? {
            let command = line.split(['\r', ' ']).next().unwrap_or_default().to_ascii_uppercase();
            let address = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
            let answer = match command.as_str() {
                "EHLO" | "HELO" => "250-mail.test\r\n250 8BITMIME".to_owned(),
                "MAIL" => {
                    mail = Received { from: address(), to: Vec::new(), text: String::new() };
                    "250 well".to_owned()
                }
                "RCPT" => {
                    mail.to.push(address());
                    "250 well".to_owned()
                }
                "DATA" => {
                    out.write_all(b"354 go on\r\n")?;
                    let mut text = Vec::new();
                    for line in lines.by_ref() {
                        let line = line?;
                        if line == "." {
                            break;
                        }
                        text.push(line.strip_prefix('.').map_or(line.clone(), str::to_owned));
                    }
                    mail.text = decoded(&text);
                    self.mails.lock().unwrap().push(mail.clone());
                    format!("{} said", self.codes.lock().unwrap().pop_front().unwrap_or(250))
                }
                "QUIT" => "221 bye".to_owned(),
                _ => "250 well".to_owned(),
            };
            out.write_all(format!("{answer}\r\n").as_bytes())?;
        }
        Ok(())
    }
}

/// Lines of a mail with the quoted-printable coding of the text undone, where it has one.
fn decoded(lines: &[String]) -> String {
    let end = lines.iter().position(String::is_empty).unwrap_or(lines.len());
    let (head, body) = (lines[..end].join("\n"), lines[end..].join("\n"));
    if !head.to_ascii_lowercase().contains("quoted-printable") {
        return format!("{head}\n{body}");
    }
    let body = body.replace("=\n", "");
    let (mut bytes, mut rest) = (Vec::new(), body.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let hex = (*first == b'=').then(|| after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok())).flatten();
        bytes.push(hex.unwrap_or(*first));
        rest = if hex.is_some() { &after[2..] } else { after };
    }
    format!("{head}\n{}", String::from_utf8_lossy(&bytes))
}
