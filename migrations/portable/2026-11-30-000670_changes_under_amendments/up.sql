-- What a contract promises changes only under an amendment, as a new part that replaces the old one.
ALTER TABLE contract_lines ADD COLUMN replaces_id uuid REFERENCES contract_lines (id);
CREATE INDEX contract_lines_replaces_idx ON contract_lines (replaces_id);
ALTER TABLE sla_targets ADD COLUMN amendment_id uuid REFERENCES amendments (id);
ALTER TABLE sla_targets ADD COLUMN replaces_id uuid REFERENCES sla_targets (id);
CREATE INDEX sla_targets_amendment_idx ON sla_targets (amendment_id);
CREATE INDEX sla_targets_replaces_idx ON sla_targets (replaces_id);
ALTER TABLE contract_obligations ADD COLUMN amendment_id uuid REFERENCES amendments (id);
CREATE INDEX contract_obligations_amendment_idx ON contract_obligations (amendment_id);
-- The end that notice gives a contract, and who decided.
ALTER TABLE contracts ADD COLUMN exit_on date;
ALTER TABLE renewals ADD COLUMN decider_id uuid REFERENCES people (id);
ALTER TABLE renewals ADD COLUMN decided_on date;
CREATE INDEX renewals_decider_idx ON renewals (decider_id);
-- Targets and obligations are parts of their contract: who writes them has a hand in its approval.
UPDATE registry SET parent_id = (SELECT contract_id FROM sla_targets WHERE sla_targets.id = registry.id)
    WHERE collection = 'vendors/sla-targets' AND id IN (SELECT id FROM sla_targets);
UPDATE registry SET parent_id = (SELECT contract_id FROM contract_obligations WHERE contract_obligations.id = registry.id)
    WHERE collection = 'vendors/contract-obligations' AND id IN (SELECT id FROM contract_obligations);
