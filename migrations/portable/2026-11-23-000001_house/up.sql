-- What the house itself keeps: the registry of all records, their edges, their history.
CREATE TABLE registry (
    id uuid PRIMARY KEY,
    collection text NOT NULL,
    title text NOT NULL,
    state text,
    -- The unit of a record that has one of its own; null for parts and catalogues.
    unit_id uuid,
    -- The record whose scope decides for this one; itself if it stands alone.
    root_id uuid NOT NULL,
    parent_id uuid,
    revision bigint NOT NULL,
    -- The hash of that revision: the end of the record's chain.
    hash text NOT NULL,
    -- The people for whom alone the record exists, as ids with spaces between; null where permissions alone decide.
    private_to text,
    -- The principal whose record it is, where it belongs to who made it.
    principal_id uuid,
    deleted_at timestamptz
);
CREATE INDEX registry_collection_idx ON registry (collection, id);
CREATE INDEX registry_principal_idx ON registry (principal_id);
CREATE INDEX registry_unit_idx ON registry (unit_id);
CREATE INDEX registry_root_idx ON registry (root_id);
CREATE INDEX registry_parent_idx ON registry (parent_id);

CREATE TABLE edges (
    from_id uuid NOT NULL REFERENCES registry (id),
    field text NOT NULL,
    to_id uuid NOT NULL REFERENCES registry (id),
    PRIMARY KEY (from_id, field, to_id)
);
CREATE INDEX edges_to_idx ON edges (to_id, field);

CREATE TABLE revisions (
    id uuid PRIMARY KEY,
    resource_id uuid NOT NULL,
    collection text NOT NULL,
    revision bigint NOT NULL,
    action text NOT NULL,
    actor_id uuid NOT NULL,
    at timestamptz NOT NULL,
    request_id text NOT NULL,
    reason text,
    -- The record after the change as canonical JSON (RFC 8785); null when it was deleted.
    document text,
    salt text NOT NULL,
    hash text NOT NULL,
    previous_hash text
);
CREATE UNIQUE INDEX revisions_resource_key ON revisions (resource_id, revision);
CREATE INDEX revisions_at_idx ON revisions (at);
