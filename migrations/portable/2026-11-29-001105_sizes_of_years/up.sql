-- What spending is compared with: revenue and employees of a year.
ALTER TABLE fiscal_years ADD COLUMN revenue_amount bigint;
ALTER TABLE fiscal_years ADD COLUMN revenue_currency text;
ALTER TABLE fiscal_years ADD COLUMN headcount bigint;
