-- Version 8: rows that a search reads fast.
--
-- Servers of an older release know another `file_text`, so they are excluded.

DROP INDEX file_text_trigrams;
DROP INDEX file_text_grams;
ALTER TABLE file_text RENAME TO former_text;
ALTER INDEX file_text_pkey RENAME TO former_text_pkey;

-- The texts of files, with what a search selects and sorts them by. The rows are narrow, because a search of a common text reads very many
-- of them. They have nothing that the move of a tree changes.
-- folded: the text that a search looks at. The other columns are those of the file.
CREATE TABLE file_text (
    site       bigint NOT NULL,
    id         text COLLATE "C" NOT NULL,
    folded     text COLLATE "C" NOT NULL,
    name       text COLLATE "C" NOT NULL,
    updated    bigint NOT NULL,
    size       bigint NOT NULL,
    media_type text COLLATE "C" NOT NULL,
    private    boolean NOT NULL
) WITH (fillfactor = 90);

INSERT INTO file_text
    SELECT site, id, folded, name, updated, size, media_type, private FROM former_text JOIN file USING (site, id);

ALTER TABLE file_text ADD PRIMARY KEY (site, id);
CREATE INDEX file_text_trigrams ON file_text USING gin (site, folded gin_trgm_ops);

-- For what trigrams cannot find.
-- grams: the distinct pieces of one and of two characters of the text, separated by U+001F. As an array they would take three times the room.
CREATE TABLE file_grams (
    site  bigint NOT NULL,
    id    text COLLATE "C" NOT NULL,
    grams text COLLATE "C" NOT NULL
);

INSERT INTO file_grams SELECT site, id, array_to_string(grams, E'\x1f') FROM former_text;

ALTER TABLE file_grams ADD PRIMARY KEY (site, id);
CREATE INDEX file_grams_pieces ON file_grams USING gin (site, string_to_array(grams, E'\x1f'));

DROP TABLE former_text;
ANALYZE file_text;
ANALYZE file_grams;
