-- Work that is finished is done to 100 percent.
UPDATE work_items SET progress_percent = 100 WHERE progress_percent < 100 AND (state = 'done' OR actual_ends_on IS NOT NULL);
