-- Version 5: what is made of the bytes of a file, such as the posters of a video.

-- A blob that was made of the bytes of a file. It goes with its file.
-- facts: what its own bytes say, as JSON.
CREATE TABLE asset (
    file  TEXT NOT NULL,
    name  TEXT NOT NULL,
    blob  TEXT NOT NULL,
    size  INTEGER NOT NULL,
    hash  TEXT NOT NULL,
    crc   INTEGER NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (file, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX asset_by_blob ON asset (blob);

-- A video of which assets are still to be made. It goes with its file.
-- ready_at: the earliest time at which the file becomes ready.
-- tries: how often it was leased.
CREATE TABLE transcode (
    file         TEXT PRIMARY KEY,
    ready_at     INTEGER NOT NULL,
    tries        INTEGER NOT NULL DEFAULT 0,
    leased_until INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TRIGGER assets_of_deleted AFTER DELETE ON file BEGIN
    DELETE FROM asset WHERE file = old.id;
    DELETE FROM transcode WHERE file = old.id;
END;

-- The running total of sizes counts assets too.
CREATE TRIGGER asset_size_inserted AFTER INSERT ON asset BEGIN
    UPDATE counter SET value = value + new.size WHERE name = 'bytes';
END;
CREATE TRIGGER asset_size_deleted AFTER DELETE ON asset BEGIN
    UPDATE counter SET value = value - old.size WHERE name = 'bytes';
END;
