//! A receiver of webhooks on this machine: it keeps what it was sent and answers as it is told.

use std::collections::{HashMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What it was sent.
#[derive(Debug, Clone)]
pub struct Message {
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

#[derive(Default)]
struct Kept {
    messages: Mutex<Vec<Message>>,
    statuses: Mutex<VecDeque<u16>>,
}

/// A receiver that answers as long as the test lasts.
pub struct Receiver {
    pub url: String,
    kept: Arc<Kept>,
}

impl Receiver {
    /// One that answers 204.
    pub fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://127.0.0.1:{}/hook", listener.local_addr().unwrap().port());
        let receiver = Receiver { url, kept: Arc::default() };
        let kept = receiver.kept.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = kept.clone();
                std::thread::spawn(move || kept.serve(stream));
            }
        });
        receiver
    }

    /// Answers the next messages with these statuses, one each.
    pub fn answer(&self, statuses: &[u16]) {
        self.kept.statuses.lock().unwrap().extend(statuses);
    }

    /// What it was sent so far, in the order in which it came.
    pub fn messages(&self) -> Vec<Message> {
        self.kept.messages.lock().unwrap().clone()
    }
}

impl Message {
    /// The message that a connection begins with.
    pub fn read(stream: &TcpStream) -> Option<Message> {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        let (mut headers, mut line) = (HashMap::new(), String::new());
        reader.read_line(&mut line).ok()?;
        loop {
            line.clear();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
        reader.read_exact(&mut body).ok()?;
        Some(Message { headers, body })
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Kept {
    fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let message = Message::read(&stream)?;
        self.messages.lock().unwrap().push(message);
        let status = self.statuses.lock().unwrap().pop_front().unwrap_or(204);
        answer(&mut stream, status)
    }
}

/// Answers a message with a status and ends the connection.
pub fn answer(stream: &mut TcpStream, status: u16) -> Option<()> {
    stream.write_all(format!("HTTP/1.1 {status} Answer\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").as_bytes()).ok()
}
