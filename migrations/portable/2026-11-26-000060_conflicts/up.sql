-- How conflicts end: by their cause, or because somebody accepts or dismisses them.
ALTER TABLE conflicts ADD COLUMN resolution text;
ALTER TABLE conflicts ADD COLUMN resolution_note text;
ALTER TABLE conflicts ADD COLUMN ended_at timestamptz;
