DROP TABLE dependencies;
DROP TABLE services;
DROP TABLE devices;
DROP TABLE device_types;
DROP TABLE manufacturers;
DROP TABLE racks;
DROP TABLE locations;
DROP TABLE sites;
