-- Until when it counts that somebody judged a risk otherwise than computed.
ALTER TABLE risk_assessments ADD COLUMN expires_on date;
