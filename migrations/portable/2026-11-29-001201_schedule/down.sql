DROP TABLE progress_records;
DELETE FROM work_dependencies WHERE EXISTS (SELECT 1 FROM work_dependencies d WHERE d.predecessor_id = work_dependencies.predecessor_id AND d.successor_id = work_dependencies.successor_id AND d.id < work_dependencies.id);
DROP INDEX work_dependencies_edge_key;
CREATE UNIQUE INDEX work_dependencies_edge_key ON work_dependencies (predecessor_id, successor_id);
DROP INDEX work_items_calendar_idx;
ALTER TABLE work_items DROP COLUMN calendar_id;
