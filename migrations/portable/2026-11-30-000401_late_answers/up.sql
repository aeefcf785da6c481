-- An answer to a person that came late says why.
ALTER TABLE data_subject_requests ADD COLUMN delay_reason text;
