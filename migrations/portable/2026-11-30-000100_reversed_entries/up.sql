CREATE INDEX cost_entries_reversal_idx ON cost_entries (reversal_of);
