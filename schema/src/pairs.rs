//! Tables that a query joins though neither refers to the other.

use crate::tables::finance::*;
use crate::tables::governance::*;
use crate::tables::identity::*;
use crate::tables::infrastructure::*;
use crate::tables::service::*;
use crate::tables::strategy::*;
use crate::tables::teams::*;
use crate::tables::vendors::*;

beside!(budget_lines, fiscal_periods);
beside!(budget_lines, fiscal_years);
beside!(budgets, cost_categories);
beside!(budgets, cost_centers);
beside!(budgets, fiscal_periods);
beside!(commitments, budgets);
beside!(commitments, contract_lines);
beside!(commitments, purchase_order_lines);
beside!(contract_lines, purchase_orders);
beside!(control_requirements, control_tests);
beside!(cost_centers, fiscal_periods);
beside!(cost_entries, budgets);
beside!(device_types, racks);
beside!(external_identities, logins);
beside!(fiscal_years, cost_categories);
beside!(grants, service_accounts);
beside!(grants, users);
beside!(invoices, purchase_order_lines);
beside!(ip_addresses, prefixes);
beside!(key_results, planning_cycles);
beside!(purchase_order_lines, receipts);
beside!(renewals, amendments);
beside!(revisions, skill_assessments);
beside!(roles, service_accounts);
beside!(roles, users);
