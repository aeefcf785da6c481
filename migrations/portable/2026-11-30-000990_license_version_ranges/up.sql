-- The versions of its product that a licence covers, in the notation vers; none for all.
ALTER TABLE licenses ADD COLUMN version_range text;
