//! The words of a licence: its metric, and what happens when it is exceeded.

use crate::choice;

choice! {
    /// What a licence counts.
    pub enum LicenseMetric {
        /// People who use it.
        User = "user",
        /// Devices and virtual machines that it runs on.
        Device = "device",
        /// Processor cores of what it runs on.
        Core = "core",
        /// Subscriptions, whoever or whatever has one.
        Subscription = "subscription",
        /// Sites where it is used.
        Site = "site",
    }
}

choice! {
    /// What happens when more is to be assigned than a licence entitles to.
    pub enum OverAssignment {
        /// It is refused.
        Forbid = "forbid",
        /// It is done, and shows as a negative licence position.
        Allow = "allow",
    }
}
