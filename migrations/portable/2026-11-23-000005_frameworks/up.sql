CREATE TABLE frameworks (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    state text NOT NULL,
    name text NOT NULL,
    version text NOT NULL,
    publisher text,
    source text,
    description text
);
CREATE UNIQUE INDEX frameworks_name_key ON frameworks (name, version);

CREATE TABLE requirements (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    framework_id uuid NOT NULL REFERENCES frameworks (id),
    parent_id uuid REFERENCES requirements (id),
    code text NOT NULL,
    title text NOT NULL,
    text text,
    guidance text,
    parts jsonb NOT NULL,
    assessable boolean NOT NULL,
    weight double precision NOT NULL
);
CREATE UNIQUE INDEX requirements_code_key ON requirements (framework_id, code);
CREATE INDEX requirements_parent_idx ON requirements (parent_id);
