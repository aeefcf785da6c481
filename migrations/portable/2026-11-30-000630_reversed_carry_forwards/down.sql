ALTER TABLE carry_forwards DROP COLUMN reversed_at;
