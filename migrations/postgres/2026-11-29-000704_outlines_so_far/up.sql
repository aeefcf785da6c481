-- Each number gets leading zeros up to twenty digits, as what is written from now on.
UPDATE work_items SET wbs_code_order =
    regexp_replace(regexp_replace(wbs_code_key, '0*([0-9]+)', '00000000000000000000\1', 'g'), '0*([0-9]{20,})', '\1', 'g');
