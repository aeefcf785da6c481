ALTER TABLE forecasts DROP COLUMN line_amounts;
