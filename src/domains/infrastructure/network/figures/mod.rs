//! Figures of network.

pub mod cable_path;
pub mod prefix_utilization;
