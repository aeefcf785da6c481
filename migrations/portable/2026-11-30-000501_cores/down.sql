ALTER TABLE device_types DROP COLUMN physical_cores;
