-- Texts are compared in their compatible form from now on (NFKC): full-width letters are letters, a trade mark is tm. Keys that hold more than
-- ASCII may differ in it; where two records would have one key, both keep those they have until one is written.
DO $$
DECLARE
    kept record;
    row_id uuid;
    folded text;
BEGIN
    FOR kept IN
        SELECT * FROM (VALUES
            ('advisories', 'code'),
            ('allocation_rules', 'code'),
            ('assets', 'tag'),
            ('audit_programmes', 'code'),
            ('audits', 'code'),
            ('backup_policies', 'name'),
            ('business_processes', 'code'),
            ('calendars', 'code'),
            ('capabilities', 'code'),
            ('certifications', 'code'),
            ('change_models', 'code'),
            ('circuits', 'number'),
            ('cloud_assignment_rules', 'code'),
            ('clusters', 'name'),
            ('contract_lines', 'article'),
            ('contracts', 'code'),
            ('controls', 'code'),
            ('cost_categories', 'code'),
            ('cost_centers', 'code'),
            ('cost_entries', 'document'),
            ('courses', 'code'),
            ('data_subject_requests', 'code'),
            ('data_subject_requests', 'requester_email'),
            ('demands', 'code'),
            ('devices', 'name'),
            ('dns_domains', 'name'),
            ('fiscal_years', 'code'),
            ('governance_bodies', 'name'),
            ('identity_providers', 'code'),
            ('information_assets', 'code'),
            ('initiatives', 'code'),
            ('interfaces', 'name'),
            ('investment_cases', 'code'),
            ('invitations', 'email'),
            ('invoices', 'number'),
            ('kpis', 'code'),
            ('legal_holds', 'code'),
            ('locations', 'name'),
            ('login_clients', 'code'),
            ('manufacturers', 'name'),
            ('metric_series', 'name'),
            ('obligations', 'code'),
            ('offer_lines', 'unit_of_measure'),
            ('people', 'email'),
            ('policies', 'code'),
            ('portfolios', 'code'),
            ('power_feeds', 'name'),
            ('processing_activities', 'code'),
            ('projects', 'code'),
            ('purchase_order_lines', 'article'),
            ('purchase_orders', 'code'),
            ('racks', 'name'),
            ('radar_editions', 'name'),
            ('radars', 'name'),
            ('recovery_plans', 'code'),
            ('requisition_lines', 'unit_of_measure'),
            ('requisitions', 'code'),
            ('retention_rules', 'code'),
            ('review_cycles', 'code'),
            ('risk_matrices', 'code'),
            ('risks', 'code'),
            ('role_profiles', 'code'),
            ('roles', 'code'),
            ('scope_items', 'code'),
            ('scorecard_templates', 'code'),
            ('security_incidents', 'code'),
            ('services', 'code'),
            ('sites', 'code'),
            ('skills', 'code'),
            ('slos', 'name'),
            ('sod_rules', 'code'),
            ('software_products', 'name'),
            ('sourcing_events', 'code'),
            ('tags', 'label'),
            ('teams', 'code'),
            ('teams', 'email'),
            ('technologies', 'name'),
            ('themes', 'name'),
            ('threats', 'code'),
            ('units', 'code'),
            ('users', 'email'),
            ('vendor_contacts', 'email'),
            ('vendors', 'code'),
            ('vlan_groups', 'name'),
            ('vrfs', 'name'),
            ('work_items', 'import_key'),
            ('work_items', 'wbs_code')
        ) AS keyed (of_table, of_column)
    LOOP
        FOR row_id, folded IN EXECUTE format(
            'SELECT id, trim(regexp_replace(translate(lower(upper(normalize(%1$I, NFKC) COLLATE "und-x-icu") COLLATE "und-x-icu"), $1, $2), ''\s+'', '' '', ''g'')) FROM %2$I WHERE %3$I ~ ''[^ -~]''',
            kept.of_column, kept.of_table, kept.of_column || '_key'
        ) USING U&'\2010\2011\2012\2013\2014\2015\2212\03c2\00ad\200b\200c\200d\2060\feff', U&'-------\03c3'
        LOOP
            BEGIN
                EXECUTE format('UPDATE %I SET %I = $1 WHERE id = $2', kept.of_table, kept.of_column || '_key') USING folded, row_id;
            EXCEPTION WHEN unique_violation THEN
                NULL;
            END;
        END LOOP;
    END LOOP;
END
$$;
