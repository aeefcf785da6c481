//! Tables that a query joins though neither refers to the other.

use crate::tables::identity::*;
use crate::tables::infrastructure::*;
use crate::tables::service::*;

beside!(device_types, racks);
beside!(ip_addresses, prefixes);
beside!(external_identities, logins);
beside!(grants, service_accounts);
beside!(grants, users);
beside!(roles, service_accounts);
beside!(roles, users);
