DROP INDEX cost_entries_reversal_idx;
