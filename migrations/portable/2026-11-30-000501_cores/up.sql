-- The physical processor cores of a type of device, against which the processors of virtual machines are counted.
ALTER TABLE device_types ADD COLUMN physical_cores bigint;
