//! The migrations are compiled into the binary: a new one is a change to it.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
