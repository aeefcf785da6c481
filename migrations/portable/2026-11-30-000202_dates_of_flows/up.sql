-- When what flows through budgets came and went, so that the position of a past day stays what it was.
ALTER TABLE budget_transfers ADD COLUMN submitted_at timestamptz;
ALTER TABLE budget_transfers ADD COLUMN rejected_at timestamptz;
ALTER TABLE budget_transfers ADD COLUMN posted_at timestamptz;
ALTER TABLE budget_transfers ADD COLUMN reversed_at timestamptz;
UPDATE budget_transfers SET submitted_at = created_at WHERE state <> 'draft';
UPDATE budget_transfers SET rejected_at = updated_at WHERE state = 'rejected';
UPDATE budget_transfers SET posted_at = updated_at WHERE state = 'posted';
UPDATE budget_transfers SET posted_at = created_at, reversed_at = updated_at WHERE state = 'reversed';
ALTER TABLE carry_forwards ADD COLUMN posted_at timestamptz;
UPDATE carry_forwards SET posted_at = updated_at WHERE state = 'posted';
ALTER TABLE commitments ADD COLUMN released_at timestamptz;
UPDATE commitments SET released_at = updated_at WHERE state = 'released';
ALTER TABLE fiscal_periods ADD COLUMN closed_at timestamptz;
UPDATE fiscal_periods SET closed_at = updated_at WHERE state = 'closed';
ALTER TABLE forecasts ADD COLUMN published_at timestamptz;
UPDATE forecasts SET published_at = updated_at WHERE state = 'published' OR state = 'locked';
