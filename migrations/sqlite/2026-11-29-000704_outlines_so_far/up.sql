-- Each number gets leading zeros up to twenty digits, as what is written from now on: letter by letter, with the number that is being read.
WITH RECURSIVE walk (id, rest, number, done) AS (
    SELECT id, wbs_code_key, '', '' FROM work_items
    UNION ALL
    SELECT
        id,
        substr(rest, 2),
        CASE WHEN substr(rest, 1, 1) BETWEEN '0' AND '9' THEN number || substr(rest, 1, 1) ELSE '' END,
        CASE
            WHEN substr(rest, 1, 1) BETWEEN '0' AND '9' THEN done
            WHEN number = '' THEN done || substr(rest, 1, 1)
            ELSE done || substr('00000000000000000000' || number, -max(20, length(ltrim(number, '0')))) || substr(rest, 1, 1)
        END
    FROM walk
    WHERE rest <> ''
)
UPDATE work_items
SET wbs_code_order = walk.done || CASE
    WHEN walk.number = '' THEN ''
    ELSE substr('00000000000000000000' || walk.number, -max(20, length(ltrim(walk.number, '0'))))
END
FROM walk
WHERE walk.id = work_items.id AND walk.rest = '';
