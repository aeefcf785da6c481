-- Full text: the words of each record, folded and separated in Rust; PostgreSQL keeps them as they are.
CREATE TABLE search_texts (
    id uuid PRIMARY KEY,
    collection text NOT NULL,
    content text NOT NULL,
    words tsvector GENERATED ALWAYS AS (array_to_tsvector(string_to_array(content, ' '))) STORED
);
CREATE INDEX search_texts_words_idx ON search_texts USING gin (words);
