-- The receipt that made an asset, so that its reversal takes it back.
ALTER TABLE assets ADD COLUMN receipt_line_id uuid REFERENCES receipt_lines (id);
CREATE INDEX assets_receipt_line_idx ON assets (receipt_line_id);
