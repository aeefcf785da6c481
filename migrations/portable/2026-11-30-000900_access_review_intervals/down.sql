ALTER TABLE access_reviews DROP COLUMN review_interval_months;
