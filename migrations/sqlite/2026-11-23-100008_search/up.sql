-- Full text: the words of each record, folded and separated in Rust, indexed by FTS5.
CREATE TABLE search_texts (
    place INTEGER PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    collection text NOT NULL,
    content text NOT NULL
);
CREATE VIRTUAL TABLE search_index USING fts5 (content, content = 'search_texts', content_rowid = 'place', tokenize = 'unicode61 remove_diacritics 0');
CREATE TRIGGER search_texts_added AFTER INSERT ON search_texts BEGIN
    INSERT INTO search_index (rowid, content) VALUES (new.place, new.content);
END;
CREATE TRIGGER search_texts_removed AFTER DELETE ON search_texts BEGIN
    INSERT INTO search_index (search_index, rowid, content) VALUES ('delete', old.place, old.content);
END;
CREATE TRIGGER search_texts_changed AFTER UPDATE ON search_texts BEGIN
    INSERT INTO search_index (search_index, rowid, content) VALUES ('delete', old.place, old.content);
    INSERT INTO search_index (rowid, content) VALUES (new.place, new.content);
END;
