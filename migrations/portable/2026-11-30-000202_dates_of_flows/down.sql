ALTER TABLE forecasts DROP COLUMN published_at;
ALTER TABLE fiscal_periods DROP COLUMN closed_at;
ALTER TABLE commitments DROP COLUMN released_at;
ALTER TABLE carry_forwards DROP COLUMN posted_at;
ALTER TABLE budget_transfers DROP COLUMN reversed_at;
ALTER TABLE budget_transfers DROP COLUMN posted_at;
ALTER TABLE budget_transfers DROP COLUMN rejected_at;
ALTER TABLE budget_transfers DROP COLUMN submitted_at;
