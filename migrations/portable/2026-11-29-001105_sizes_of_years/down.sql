ALTER TABLE fiscal_years DROP COLUMN headcount;
ALTER TABLE fiscal_years DROP COLUMN revenue_currency;
ALTER TABLE fiscal_years DROP COLUMN revenue_amount;
