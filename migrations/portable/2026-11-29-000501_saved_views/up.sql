-- Lists that people keep, for themselves or for a unit or role.
CREATE TABLE saved_views (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    name text NOT NULL,
    collection text NOT NULL,
    query jsonb NOT NULL,
    shared_unit_id uuid REFERENCES units (id),
    shared_role_id uuid REFERENCES roles (id),
    custom jsonb
);
CREATE INDEX saved_views_created_by_idx ON saved_views (created_by);
CREATE INDEX saved_views_collection_idx ON saved_views (collection);
CREATE INDEX saved_views_shared_unit_idx ON saved_views (shared_unit_id);
CREATE INDEX saved_views_shared_role_idx ON saved_views (shared_role_id);

-- Labels of the words of the API in the languages of the organisation.
CREATE TABLE translations (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    language text NOT NULL,
    collection text NOT NULL,
    kind text NOT NULL,
    word text NOT NULL,
    label text NOT NULL,
    custom jsonb
);
CREATE UNIQUE INDEX translations_word_key ON translations (language, collection, kind, word);
