-- What a line is in every version of its budget.
ALTER TABLE budget_lines ADD COLUMN lineage_id uuid;
UPDATE budget_lines SET lineage_id = id;
CREATE INDEX budget_lines_lineage_idx ON budget_lines (lineage_id);

-- Where an accrual reverses itself in the next year.
ALTER TABLE accruals ADD COLUMN reversal_line_id uuid REFERENCES budget_lines (id);
CREATE INDEX accruals_reversal_line_idx ON accruals (reversal_line_id);

-- Numbers of documents are compared folded, and belong to the vendor who gave them.
ALTER TABLE cost_entries ADD COLUMN document_key text NOT NULL DEFAULT '';
UPDATE cost_entries SET document_key = lower(document);
DROP INDEX cost_entries_document_key;
CREATE UNIQUE INDEX cost_entries_document_key ON cost_entries (source, document_key, document_line) WHERE vendor_id IS NULL;
CREATE UNIQUE INDEX cost_entries_vendor_document_key ON cost_entries (source, vendor_id, document_key, document_line);
