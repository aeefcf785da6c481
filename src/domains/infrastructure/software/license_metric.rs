//! The words of a licence: its metric, and what happens when it is exceeded.

use steward_core::choice;

choice! {
    /// Metric that a licence counts.
    pub enum LicenseMetric {
        /// Users of the software.
        User = "user",
        /// Devices and virtual machines that run it.
        Device = "device",
        /// Processor cores of the machines that run it.
        Core = "core",
        /// Subscriptions of any holder.
        Subscription = "subscription",
        /// Sites that use it.
        Site = "site",
    }
}

choice! {
    /// Treatment of assignments beyond the quantity of a licence.
    pub enum OverAssignment {
        /// Refused by the service.
        Forbid = "forbid",
        /// Accepted, with a negative licence position.
        Allow = "allow",
    }
}
