-- When a maintenance window was approved. Of those from before it is not known, and they count as approved in time.
ALTER TABLE maintenance_windows ADD COLUMN approved_at timestamptz;
UPDATE maintenance_windows SET approved_at = starts_at WHERE state IN ('approved', 'in_progress', 'done', 'failed');
