//! Tables that a query joins though neither refers to the other.

use crate::tables::infrastructure::*;
use crate::tables::service::*;
use crate::tables::teams::*;

beside!(device_types, racks);
beside!(ip_addresses, prefixes);
beside!(revisions, skill_assessments);
