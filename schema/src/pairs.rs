//! Tables that a query joins though neither refers to the other.

use crate::tables::governance::*;
use crate::tables::infrastructure::*;

beside!(control_requirements, control_tests);
beside!(device_types, racks);
beside!(ip_addresses, prefixes);
