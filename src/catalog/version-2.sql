-- Version 2: imports, and calls that are carried out later.

-- What is still to be fetched for a file: the request, as JSON. It goes with its file.
CREATE TABLE import (
    file    TEXT PRIMARY KEY,
    request TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER import_of_deleted AFTER DELETE ON file BEGIN
    DELETE FROM import WHERE file = old.id;
END;

-- A call that was accepted and waits for its time: the name of the operation and its fields, as JSON.
CREATE TABLE job (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    due       INTEGER NOT NULL,
    operation TEXT NOT NULL,
    fields    TEXT NOT NULL
) STRICT;

CREATE INDEX job_by_due ON job (due, number);
