-- What a theme is in every version of its plan.
ALTER TABLE themes ADD COLUMN lineage_id uuid;
UPDATE themes SET lineage_id = id;
CREATE INDEX themes_lineage_idx ON themes (lineage_id);

-- The sectors that an edition was published with.
ALTER TABLE radar_editions ADD COLUMN quadrants jsonb;
ALTER TABLE radar_editions ADD COLUMN rings jsonb;
UPDATE radar_editions SET
    quadrants = (SELECT quadrants FROM radars WHERE radars.id = radar_editions.radar_id),
    rings = (SELECT rings FROM radars WHERE radars.id = radar_editions.radar_id)
WHERE state = 'published';

-- Facts that take others back, which may put no value in their place.
ALTER TABLE check_ins ADD COLUMN retraction_of uuid;
ALTER TABLE check_ins ADD COLUMN measured double precision;
UPDATE check_ins SET measured = value;
ALTER TABLE check_ins DROP COLUMN value;
ALTER TABLE check_ins RENAME COLUMN measured TO value;
CREATE INDEX check_ins_retraction_idx ON check_ins (retraction_of);

ALTER TABLE kpi_samples ADD COLUMN retraction_of uuid;
ALTER TABLE kpi_samples ADD COLUMN measured double precision;
UPDATE kpi_samples SET measured = value;
ALTER TABLE kpi_samples DROP COLUMN value;
ALTER TABLE kpi_samples RENAME COLUMN measured TO value;
DROP INDEX kpi_samples_time_key;
CREATE UNIQUE INDEX kpi_samples_time_key ON kpi_samples (kpi_id, measured_at) WHERE retraction_of IS NULL;
CREATE UNIQUE INDEX kpi_samples_retraction_key ON kpi_samples (kpi_id, measured_at, retraction_of);
CREATE INDEX kpi_samples_retraction_idx ON kpi_samples (retraction_of);
