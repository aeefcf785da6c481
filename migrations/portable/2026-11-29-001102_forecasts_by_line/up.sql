-- What a computed forecast expects of each line.
ALTER TABLE forecasts ADD COLUMN line_amounts jsonb;
