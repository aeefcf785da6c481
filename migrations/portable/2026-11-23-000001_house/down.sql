DROP TABLE revisions;
DROP TABLE edges;
DROP TABLE registry;
