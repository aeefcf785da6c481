//! A proxy before PostgreSQL that can hold bytes back, and lose the answer to a commit.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

const PASSES: u8 = 0;
const HOLDS: u8 = 1;
const LOSES_COMMIT: u8 = 2;

/// A proxy that lives as long as the process.
pub struct Proxy {
    port: u16,
    mode: Arc<AtomicU8>,
}

impl Proxy {
    /// A proxy before the server of a URL.
    pub fn before(url: &str) -> Proxy {
        let server = authority(url).rsplit('@').next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, mode) = (listener.local_addr().unwrap().port(), Arc::new(AtomicU8::new(PASSES)));
        let shared = mode.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(&server).unwrap();
                let (to, from) = ((client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client));
                let (mode, other) = (shared.clone(), shared.clone());
                std::thread::spawn(move || carry(to.0, to.1, &mode, true));
                std::thread::spawn(move || carry(from.0, from.1, &other, false));
            }
        });
        Proxy { port, mode }
    }

    /// The URL that leads through it.
    pub fn url(&self, url: &str) -> String {
        let known = authority(url);
        let user = known.split('@').next().filter(|_| known.contains('@')).map(|user| format!("{user}@")).unwrap_or_default();
        url.replacen(known, &format!("{user}127.0.0.1:{}", self.port), 1)
    }

    /// From now on no byte comes through, in either direction, and none is refused.
    pub fn hold(&self) {
        self.mode.store(HOLDS, Ordering::SeqCst);
    }

    /// From now on bytes come through again, those that were held first.
    pub fn pass(&self) {
        self.mode.store(PASSES, Ordering::SeqCst);
    }

    /// The next commit reaches the server, and its answer nobody.
    pub fn lose_next_commit(&self) {
        self.mode.store(LOSES_COMMIT, Ordering::SeqCst);
    }
}

fn authority(url: &str) -> &str {
    url.split("://").nth(1).unwrap().split('/').next().unwrap()
}

fn carry(mut from: TcpStream, mut to: TcpStream, mode: &AtomicU8, of_client: bool) {
    from.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let mut buffer = vec![0; 1 << 16];
    loop {
        if mode.load(Ordering::SeqCst) == HOLDS {
            std::thread::sleep(Duration::from_millis(10));
            continue;
        }
        match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => {
                while mode.load(Ordering::SeqCst) == HOLDS {
                    std::thread::sleep(Duration::from_millis(10));
                }
                let bytes = &buffer[..length];
                let commits = of_client && bytes.windows(6).any(|six| six == b"COMMIT");
                if commits && mode.compare_exchange(LOSES_COMMIT, PASSES, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
                    // The client's side is closed first, so that the answer finds nobody.
                    let _ = from.shutdown(Shutdown::Both);
                    let _ = to.write_all(bytes);
                    std::thread::sleep(Duration::from_millis(200));
                    break;
                }
                if to.write_all(bytes).is_err() {
                    break;
                }
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => break,
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
