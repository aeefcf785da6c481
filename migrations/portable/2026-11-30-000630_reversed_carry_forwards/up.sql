-- What was carried forward goes back where it came from.
ALTER TABLE carry_forwards ADD COLUMN reversed_at timestamptz;
