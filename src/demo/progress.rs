//! How far it is, on the error stream.

use std::io::{IsTerminal, Write};

/// A bar of so many steps.
pub struct Progress {
    all: usize,
    done: usize,
    quiet: bool,
    shown: usize,
}

const WIDTH: usize = 30;

impl Progress {
    /// Nothing is done yet.
    pub fn new(all: usize, quiet: bool) -> Progress {
        Progress { all: all.max(1), done: 0, quiet, shown: usize::MAX }
    }

    /// Begins the next step.
    pub fn step(&mut self, name: &str) {
        self.show(name);
        self.done += 1;
    }

    /// All is done.
    pub fn end(&mut self) {
        self.show("done");
        if !self.quiet {
            eprintln!();
        }
    }

    fn show(&mut self, name: &str) {
        let percent = (self.done * 100).checked_div(self.all).unwrap_or_default().min(100);
        // A log that is no terminal gets one line in ten.
        let in_steps = !std::io::stderr().is_terminal();
        if self.quiet || (in_steps && percent / 10 == self.shown) {
            return;
        }
        self.shown = percent / 10;
        let full = percent * WIDTH / 100;
        let bar = format!("[{}{}] {percent:3} % {name:<40}", "#".repeat(full), " ".repeat(WIDTH - full));
        if in_steps {
            eprintln!("{bar}")
        } else {
            eprint!("\r{bar}")
        }
        drop(std::io::stderr().flush());
    }
}
