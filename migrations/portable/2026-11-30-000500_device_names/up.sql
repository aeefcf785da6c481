-- A name tells a device from all others of its site; devices without a site may share one.
ALTER TABLE devices ADD COLUMN name_key text NOT NULL DEFAULT '';
UPDATE devices SET name_key = lower(trim(name));
-- Of those that share a name the first keeps it as its key, and the others differ by their number until they are renamed.
UPDATE devices SET name_key = name_key || ' (' || (SELECT COUNT(*) FROM devices AS other WHERE other.site_id = devices.site_id AND lower(trim(other.name)) = lower(trim(devices.name)) AND other.id < devices.id) || ')'
WHERE EXISTS (SELECT 1 FROM devices AS other WHERE other.site_id = devices.site_id AND lower(trim(other.name)) = lower(trim(devices.name)) AND other.id < devices.id);
CREATE UNIQUE INDEX devices_name_key ON devices (site_id, name_key);
