DROP INDEX assets_receipt_line_idx;
ALTER TABLE assets DROP COLUMN receipt_line_id;
