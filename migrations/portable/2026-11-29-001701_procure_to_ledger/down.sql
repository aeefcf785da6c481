DROP INDEX cost_entries_commitment_idx;
ALTER TABLE cost_entries DROP COLUMN override_reason;
ALTER TABLE cost_entries DROP COLUMN commitment_id;
DROP INDEX requisition_lines_fiscal_period_idx;
DROP INDEX requisition_lines_budget_line_idx;
ALTER TABLE requisition_lines DROP COLUMN fiscal_period_id;
ALTER TABLE requisition_lines DROP COLUMN budget_line_id;
