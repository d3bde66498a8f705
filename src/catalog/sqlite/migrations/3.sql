-- Version 3: leases, fencing numbers, blobs that wait for their removal, and a running total of sizes.

-- The end of the lease of an import or delivery, 0 for none.
ALTER TABLE import ADD COLUMN leased_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN leased_until INTEGER NOT NULL DEFAULT 0;

-- epoch: incremented by each request that takes over a TUS transfer. Requests with an older epoch cannot advance it.
-- digest: the serialised state of the digest of the first `received` bytes.
ALTER TABLE upload ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE upload ADD COLUMN digest TEXT;
-- metadata: the header Upload-Metadata of the creation.
ALTER TABLE upload ADD COLUMN metadata TEXT;

-- A bundle lists the contents of a zip. A temporary one is removed some time after it was created.
ALTER TABLE archive RENAME TO bundle;
ALTER TABLE bundle ADD COLUMN created INTEGER NOT NULL DEFAULT 0;
ALTER TABLE archive_entry RENAME TO bundle_entry;
ALTER TABLE bundle_entry RENAME COLUMN archive TO bundle;
DROP INDEX archive_entry_by_blob;
CREATE INDEX bundle_entry_by_blob ON bundle_entry (blob) WHERE blob IS NOT NULL;
CREATE INDEX bundle_temporary ON bundle (created) WHERE lasting = 0;

-- Blobs that no row names, and since when. A sweep removes them.
CREATE TABLE doomed (
    blob  TEXT PRIMARY KEY,
    since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The bytes of all files together, so that a quota does not cost a walk over all of them.
CREATE TABLE counter (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO counter (name, value) SELECT 'bytes', coalesce(sum(size), 0) FROM file WHERE size > 0;

CREATE TRIGGER file_size_inserted AFTER INSERT ON file WHEN new.size > 0 BEGIN
    UPDATE counter SET value = value + new.size WHERE name = 'bytes';
END;
CREATE TRIGGER file_size_deleted AFTER DELETE ON file WHEN old.size > 0 BEGIN
    UPDATE counter SET value = value - old.size WHERE name = 'bytes';
END;
CREATE TRIGGER file_size_updated AFTER UPDATE OF size ON file WHEN max(old.size, 0) <> max(new.size, 0) BEGIN
    UPDATE counter SET value = value + max(new.size, 0) - max(old.size, 0) WHERE name = 'bytes';
END;
