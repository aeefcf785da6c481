DROP INDEX outages_voider_idx;
ALTER TABLE outages DROP COLUMN voider_id;
ALTER TABLE outages DROP COLUMN void_reason;
