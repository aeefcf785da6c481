DROP TABLE component_outages;
