-- What the values of records name is a reference like any other.
INSERT OR IGNORE INTO edges (from_id, field, to_id)
SELECT t.id, 'controls', r.id FROM risk_scenarios t, json_each(t.controls) j JOIN registry r ON r.id = unhex(replace(json_extract(j.value, '$.control_id'), '-', '')) AND r.deleted_at IS NULL;
INSERT OR IGNORE INTO edges (from_id, field, to_id)
SELECT t.id, 'depends_on', r.id FROM business_processes t, json_each(t.depends_on) j JOIN registry r ON r.id = unhex(replace(json_extract(j.value, '$.subject_id'), '-', '')) AND r.deleted_at IS NULL;
INSERT OR IGNORE INTO edges (from_id, field, to_id)
SELECT t.id, 'scope', r.id FROM recovery_plans t, json_each(t.scope) j JOIN registry r ON r.id = unhex(replace(json_extract(j.value, '$.subject_id'), '-', '')) AND r.deleted_at IS NULL;
INSERT OR IGNORE INTO edges (from_id, field, to_id)
SELECT t.id, 'roles', r.id FROM recovery_plans t, json_each(t.roles) j JOIN registry r ON r.id = unhex(replace(json_extract(j.value, '$.person_id'), '-', '')) AND r.deleted_at IS NULL;
INSERT OR IGNORE INTO edges (from_id, field, to_id)
SELECT t.id, 'roles', r.id FROM recovery_plans t, json_each(t.roles) j JOIN registry r ON r.id = unhex(replace(json_extract(j.value, '$.deputy_id'), '-', '')) AND r.deleted_at IS NULL;
INSERT OR IGNORE INTO edges (from_id, field, to_id)
SELECT t.id, 'scope', r.id FROM recovery_tests t, json_each(t.scope) j JOIN registry r ON r.id = unhex(replace(json_extract(j.value, '$.subject_id'), '-', '')) AND r.deleted_at IS NULL;
INSERT OR IGNORE INTO edges (from_id, field, to_id)
SELECT t.id, 'decisions', r.id FROM access_reviews t, json_each(t.decisions) j JOIN registry r ON r.id = unhex(replace(json_extract(j.value, '$.access_right_id'), '-', '')) AND r.deleted_at IS NULL;
INSERT OR IGNORE INTO edges (from_id, field, to_id)
SELECT t.id, 'votes', r.id FROM decisions t, json_each(t.votes) j JOIN registry r ON r.id = unhex(replace(json_extract(j.value, '$.person_id'), '-', '')) AND r.deleted_at IS NULL;
INSERT OR IGNORE INTO edges (from_id, field, to_id)
SELECT t.id, 'recusals', r.id FROM decisions t, json_each(t.recusals) j JOIN registry r ON r.id = unhex(replace(json_extract(j.value, '$.person_id'), '-', '')) AND r.deleted_at IS NULL;
INSERT OR IGNORE INTO edges (from_id, field, to_id)
SELECT t.id, 'attendance', r.id FROM meetings t, json_each(t.attendance) j JOIN registry r ON r.id = unhex(replace(json_extract(j.value, '$.person_id'), '-', '')) AND r.deleted_at IS NULL;
INSERT OR IGNORE INTO edges (from_id, field, to_id)
SELECT t.id, 'target_ids', r.id FROM backup_policies t, json_each(t.target_ids) j JOIN registry r ON r.id = unhex(replace(j.value, '-', '')) AND r.deleted_at IS NULL;
