-- Which budget a requisition reserves.
ALTER TABLE requisition_lines ADD COLUMN budget_line_id uuid REFERENCES budget_lines (id);
ALTER TABLE requisition_lines ADD COLUMN fiscal_period_id uuid REFERENCES fiscal_periods (id);
CREATE INDEX requisition_lines_budget_line_idx ON requisition_lines (budget_line_id);
CREATE INDEX requisition_lines_fiscal_period_idx ON requisition_lines (fiscal_period_id);

-- Which promise a cost keeps, and why it may pass the limit of its budget line.
ALTER TABLE cost_entries ADD COLUMN commitment_id uuid REFERENCES commitments (id);
ALTER TABLE cost_entries ADD COLUMN override_reason text;
CREATE INDEX cost_entries_commitment_idx ON cost_entries (commitment_id);
