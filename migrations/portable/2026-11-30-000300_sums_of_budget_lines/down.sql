DROP INDEX cost_entries_budget_line_idx;
CREATE INDEX cost_entries_budget_line_idx ON cost_entries (budget_line_id);
