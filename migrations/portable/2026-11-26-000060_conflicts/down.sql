ALTER TABLE conflicts DROP COLUMN ended_at;
ALTER TABLE conflicts DROP COLUMN resolution_note;
ALTER TABLE conflicts DROP COLUMN resolution;
