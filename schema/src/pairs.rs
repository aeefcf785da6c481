//! Tables that a query joins though neither refers to the other.

use crate::tables::finance::*;
use crate::tables::infrastructure::*;
use crate::tables::vendors::*;

beside!(budget_lines, fiscal_periods);
beside!(budgets, cost_categories);
beside!(budgets, cost_centers);
beside!(budgets, fiscal_periods);
beside!(commitments, budgets);
beside!(cost_centers, fiscal_periods);
beside!(device_types, racks);
beside!(ip_addresses, prefixes);

beside!(commitments, contract_lines);
beside!(commitments, purchase_order_lines);
beside!(contract_lines, purchase_orders);
beside!(invoices, purchase_order_lines);
beside!(purchase_order_lines, receipts);
