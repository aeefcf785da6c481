//! Tables that a query joins though neither refers to the other.

use crate::tables::infrastructure::*;

beside!(device_types, racks);
beside!(ip_addresses, prefixes);
