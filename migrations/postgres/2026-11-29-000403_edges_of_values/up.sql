-- What the values of records name is a reference like any other.
INSERT INTO edges (from_id, field, to_id)
SELECT t.id, 'controls', r.id FROM risk_scenarios t CROSS JOIN LATERAL jsonb_array_elements(t.controls) j JOIN registry r ON r.id = (j.value ->> 'control_id')::uuid AND r.deleted_at IS NULL
ON CONFLICT DO NOTHING;
INSERT INTO edges (from_id, field, to_id)
SELECT t.id, 'depends_on', r.id FROM business_processes t CROSS JOIN LATERAL jsonb_array_elements(t.depends_on) j JOIN registry r ON r.id = (j.value ->> 'subject_id')::uuid AND r.deleted_at IS NULL
ON CONFLICT DO NOTHING;
INSERT INTO edges (from_id, field, to_id)
SELECT t.id, 'scope', r.id FROM recovery_plans t CROSS JOIN LATERAL jsonb_array_elements(t.scope) j JOIN registry r ON r.id = (j.value ->> 'subject_id')::uuid AND r.deleted_at IS NULL
ON CONFLICT DO NOTHING;
INSERT INTO edges (from_id, field, to_id)
SELECT t.id, 'roles', r.id FROM recovery_plans t CROSS JOIN LATERAL jsonb_array_elements(t.roles) j JOIN registry r ON r.id = (j.value ->> 'person_id')::uuid AND r.deleted_at IS NULL
ON CONFLICT DO NOTHING;
INSERT INTO edges (from_id, field, to_id)
SELECT t.id, 'roles', r.id FROM recovery_plans t CROSS JOIN LATERAL jsonb_array_elements(t.roles) j JOIN registry r ON r.id = (j.value ->> 'deputy_id')::uuid AND r.deleted_at IS NULL
ON CONFLICT DO NOTHING;
INSERT INTO edges (from_id, field, to_id)
SELECT t.id, 'scope', r.id FROM recovery_tests t CROSS JOIN LATERAL jsonb_array_elements(t.scope) j JOIN registry r ON r.id = (j.value ->> 'subject_id')::uuid AND r.deleted_at IS NULL
ON CONFLICT DO NOTHING;
INSERT INTO edges (from_id, field, to_id)
SELECT t.id, 'decisions', r.id FROM access_reviews t CROSS JOIN LATERAL jsonb_array_elements(t.decisions) j JOIN registry r ON r.id = (j.value ->> 'access_right_id')::uuid AND r.deleted_at IS NULL
ON CONFLICT DO NOTHING;
INSERT INTO edges (from_id, field, to_id)
SELECT t.id, 'votes', r.id FROM decisions t CROSS JOIN LATERAL jsonb_array_elements(t.votes) j JOIN registry r ON r.id = (j.value ->> 'person_id')::uuid AND r.deleted_at IS NULL
ON CONFLICT DO NOTHING;
INSERT INTO edges (from_id, field, to_id)
SELECT t.id, 'recusals', r.id FROM decisions t CROSS JOIN LATERAL jsonb_array_elements(t.recusals) j JOIN registry r ON r.id = (j.value ->> 'person_id')::uuid AND r.deleted_at IS NULL
ON CONFLICT DO NOTHING;
INSERT INTO edges (from_id, field, to_id)
SELECT t.id, 'attendance', r.id FROM meetings t CROSS JOIN LATERAL jsonb_array_elements(t.attendance) j JOIN registry r ON r.id = (j.value ->> 'person_id')::uuid AND r.deleted_at IS NULL
ON CONFLICT DO NOTHING;
INSERT INTO edges (from_id, field, to_id)
SELECT t.id, 'target_ids', r.id FROM backup_policies t CROSS JOIN LATERAL jsonb_array_elements(t.target_ids) j JOIN registry r ON r.id = (j.value #>> '{}')::uuid AND r.deleted_at IS NULL
ON CONFLICT DO NOTHING;
