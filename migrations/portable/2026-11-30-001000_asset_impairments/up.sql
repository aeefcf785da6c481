-- Losses of the value of assets beside their depreciation.
CREATE TABLE asset_impairments (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    asset_id uuid NOT NULL REFERENCES assets (id),
    impaired_on date NOT NULL,
    recoverable_amount_amount bigint NOT NULL,
    recoverable_amount_currency text NOT NULL,
    loss_amount bigint,
    loss_currency text,
    reason text,
    file_id uuid REFERENCES files (id),
    approver_id uuid REFERENCES people (id),
    void_reason text,
    voider_id uuid REFERENCES people (id),
    custom jsonb
);
CREATE INDEX asset_impairments_asset_idx ON asset_impairments (asset_id);
CREATE INDEX asset_impairments_file_idx ON asset_impairments (file_id);
CREATE INDEX asset_impairments_approver_idx ON asset_impairments (approver_id);
CREATE INDEX asset_impairments_voider_idx ON asset_impairments (voider_id);
