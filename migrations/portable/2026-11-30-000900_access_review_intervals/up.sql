-- How many months after a review the rights in its service are reviewed again.
ALTER TABLE access_reviews ADD COLUMN review_interval_months bigint;
