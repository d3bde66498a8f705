-- Version 1. A later version is another file and another entry of MIGRATIONS; this one never changes again.

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- area: 0 site files, 1 visitor uploads, 2 trash. An item in the trash remembers where it came from.
-- folded: the text that a search looks at, free of case.
-- events: how many events the item has caused.
CREATE TABLE folder (
    number        INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    parent        TEXT NOT NULL,
    area          INTEGER NOT NULL,
    created       INTEGER NOT NULL,
    updated       INTEGER NOT NULL,
    origin_parent TEXT,
    origin_area   INTEGER,
    deletion      INTEGER,
    deleted       INTEGER,
    events        INTEGER NOT NULL DEFAULT 0,
    folded        TEXT NOT NULL,
    CHECK ((area = 2) = (deletion IS NOT NULL))
) STRICT;

-- Pages walk these: one index per sort for the children of a folder, and one per sort for an area.
CREATE INDEX folder_in_folder_by_name ON folder (parent, name, id);
CREATE INDEX folder_in_folder_by_date ON folder (parent, updated, id);
CREATE INDEX folder_in_area_by_name ON folder (area, name, id);
CREATE INDEX folder_in_area_by_date ON folder (area, updated, id);

CREATE TABLE file (
    number        INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    parent        TEXT NOT NULL,
    area          INTEGER NOT NULL,
    created       INTEGER NOT NULL,
    updated       INTEGER NOT NULL,
    origin_parent TEXT,
    origin_area   INTEGER,
    deletion      INTEGER,
    deleted       INTEGER,
    events        INTEGER NOT NULL DEFAULT 0,
    folded        TEXT NOT NULL,
    media_type    TEXT NOT NULL,
    mime          TEXT NOT NULL,
    private       INTEGER NOT NULL,
    size          INTEGER NOT NULL,
    hash          TEXT NOT NULL,
    crc           INTEGER NOT NULL,
    status        TEXT NOT NULL,
    ready_at      INTEGER,
    labels        TEXT NOT NULL,
    facts         TEXT NOT NULL,
    external      TEXT NOT NULL,
    source_url    TEXT,
    tag           TEXT NOT NULL,
    blob          TEXT,
    CHECK ((area = 2) = (deletion IS NOT NULL))
) STRICT;

CREATE INDEX file_in_folder_by_name ON file (parent, name, id);
CREATE INDEX file_in_folder_by_date ON file (parent, updated, id);
CREATE INDEX file_in_folder_by_size ON file (parent, size, id);
CREATE INDEX file_in_area_by_name ON file (area, name, id);
CREATE INDEX file_in_area_by_date ON file (area, updated, id);
CREATE INDEX file_in_area_by_size ON file (area, size, id);
CREATE INDEX file_pending ON file (ready_at, number) WHERE ready_at IS NOT NULL;
CREATE INDEX file_by_blob ON file (blob) WHERE blob IS NOT NULL;

-- The texts are folded before they come here, so the tokenizer must not fold them once more.
CREATE VIRTUAL TABLE folder_text USING fts5 (
    folded, content = 'folder', content_rowid = 'number', tokenize = 'trigram case_sensitive 1'
);
CREATE VIRTUAL TABLE file_text USING fts5 (
    folded, content = 'file', content_rowid = 'number', tokenize = 'trigram case_sensitive 1'
);

CREATE TRIGGER folder_inserted AFTER INSERT ON folder BEGIN
    INSERT INTO folder_text (rowid, folded) VALUES (new.number, new.folded);
END;
CREATE TRIGGER folder_deleted AFTER DELETE ON folder BEGIN
    INSERT INTO folder_text (folder_text, rowid, folded) VALUES ('delete', old.number, old.folded);
END;
CREATE TRIGGER folder_folded AFTER UPDATE OF folded ON folder WHEN old.folded <> new.folded BEGIN
    INSERT INTO folder_text (folder_text, rowid, folded) VALUES ('delete', old.number, old.folded);
    INSERT INTO folder_text (rowid, folded) VALUES (new.number, new.folded);
END;
CREATE TRIGGER file_inserted AFTER INSERT ON file BEGIN
    INSERT INTO file_text (rowid, folded) VALUES (new.number, new.folded);
END;
CREATE TRIGGER file_deleted AFTER DELETE ON file BEGIN
    INSERT INTO file_text (file_text, rowid, folded) VALUES ('delete', old.number, old.folded);
END;
CREATE TRIGGER file_folded AFTER UPDATE OF folded ON file WHEN old.folded <> new.folded BEGIN
    INSERT INTO file_text (file_text, rowid, folded) VALUES ('delete', old.number, old.folded);
    INSERT INTO file_text (rowid, folded) VALUES (new.number, new.folded);
END;

-- An upload that was asked for. The file has its id from the start; it exists once the upload is done.
CREATE TABLE upload (
    id        TEXT PRIMARY KEY,
    file      TEXT NOT NULL,
    request   TEXT NOT NULL,
    resumable INTEGER NOT NULL,
    expires   INTEGER NOT NULL,
    done      INTEGER NOT NULL,
    transfer  TEXT UNIQUE,
    blob      TEXT,
    length    INTEGER NOT NULL,
    received  INTEGER NOT NULL,
    filename  TEXT
) STRICT;

CREATE INDEX upload_by_expiry ON upload (expires);
CREATE INDEX upload_by_blob ON upload (blob) WHERE blob IS NOT NULL;

CREATE TABLE archive (
    id   TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What a zip holds, fixed when its URL was made. An entry without blob is a directory.
CREATE TABLE archive_entry (
    archive  TEXT NOT NULL,
    position INTEGER NOT NULL,
    path     TEXT NOT NULL,
    blob     TEXT,
    size     INTEGER NOT NULL,
    crc      INTEGER NOT NULL,
    updated  INTEGER NOT NULL,
    PRIMARY KEY (archive, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX archive_entry_by_blob ON archive_entry (blob) WHERE blob IS NOT NULL;

-- Written in the transaction that caused them, so that no event is lost and none lies.
CREATE TABLE event (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    body   TEXT NOT NULL
) STRICT;
