-- Work on calendars of its own, several links of a pair, and how far work was on a day.
ALTER TABLE work_items ADD COLUMN calendar_id uuid REFERENCES calendars (id);
CREATE INDEX work_items_calendar_idx ON work_items (calendar_id);
DROP INDEX work_dependencies_edge_key;
CREATE UNIQUE INDEX work_dependencies_edge_key ON work_dependencies (predecessor_id, successor_id, kind);
CREATE TABLE progress_records (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    work_item_id uuid NOT NULL REFERENCES work_items (id),
    recorded_on date NOT NULL,
    progress_percent double precision NOT NULL,
    description text,
    custom jsonb
);
CREATE INDEX progress_records_work_item_idx ON progress_records (work_item_id);
