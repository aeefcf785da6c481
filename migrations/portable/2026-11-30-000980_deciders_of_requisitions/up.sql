-- Who decided on a requisition, and when, is written by the move.
ALTER TABLE requisitions ADD COLUMN decider_id uuid REFERENCES people (id);
ALTER TABLE requisitions ADD COLUMN decided_on date;
CREATE INDEX requisitions_decider_idx ON requisitions (decider_id);
