-- The codes of work in the order of their numbers: 1.2 before 1.10.
ALTER TABLE work_items ADD COLUMN wbs_code_order text NOT NULL DEFAULT '';
