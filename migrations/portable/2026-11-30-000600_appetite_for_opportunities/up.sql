-- Opportunities have an appetite of their own; those that are there are for threats.
ALTER TABLE risk_appetites ADD COLUMN kind text NOT NULL DEFAULT 'threat';
