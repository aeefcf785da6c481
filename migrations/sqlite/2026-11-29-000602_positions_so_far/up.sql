-- There is one writer: revisions were written in the order in which they were committed.
UPDATE revisions SET position = rowid;
