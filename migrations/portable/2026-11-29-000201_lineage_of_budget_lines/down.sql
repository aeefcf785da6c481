DROP INDEX cost_entries_vendor_document_key;
DROP INDEX cost_entries_document_key;
CREATE UNIQUE INDEX cost_entries_document_key ON cost_entries (source, document, document_line);
ALTER TABLE cost_entries DROP COLUMN document_key;
DROP INDEX accruals_reversal_line_idx;
ALTER TABLE accruals DROP COLUMN reversal_line_id;
DROP INDEX budget_lines_lineage_idx;
ALTER TABLE budget_lines DROP COLUMN lineage_id;
