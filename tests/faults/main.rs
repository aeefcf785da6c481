//! The service under faults and floods: what holds when the log, the disk, the network, the clock or the database fails, and when
//! clients mean harm. Seeds are printed; `-- --ignored` runs the long ones.

#[path = "../harness/mod.rs"]
mod harness;

mod bounded;
mod client;
mod connection;
mod crash;
mod disk;
mod form;
mod fuzz;
mod hostile;
mod icalendar;
mod import;
mod log;
mod order;
mod private;
mod proxy;
mod random;
mod webhook;
