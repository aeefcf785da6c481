//! Figures of network.

pub mod prefix_utilization;
