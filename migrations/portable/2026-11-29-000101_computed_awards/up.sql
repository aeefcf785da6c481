-- The rank is computed, and unknown until all offers are scored.
ALTER TABLE awards ADD COLUMN computed_rank bigint;
UPDATE awards SET computed_rank = rank;
ALTER TABLE awards DROP COLUMN rank;
ALTER TABLE awards RENAME COLUMN computed_rank TO rank;

-- What a vendor writes into a sealed event is sealed with the price.
ALTER TABLE offers ADD COLUMN sealed_summary text;
ALTER TABLE offers ADD COLUMN sealed_file_id uuid REFERENCES files (id);
CREATE INDEX offers_sealed_file_idx ON offers (sealed_file_id);

-- An amendment holds from a day on.
ALTER TABLE amendments ADD COLUMN applied_on date;
