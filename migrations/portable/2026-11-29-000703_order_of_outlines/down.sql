ALTER TABLE work_items DROP COLUMN wbs_code_order;
