ALTER TABLE data_subject_requests DROP COLUMN delay_reason;
