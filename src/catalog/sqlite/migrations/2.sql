-- Version 2: imports, calls that are carried out later, deliveries of webhooks, and archives that do not last.

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

-- An event on its way to one URL. due: when it is tried next.
CREATE TABLE delivery (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    event  INTEGER NOT NULL,
    url    TEXT NOT NULL,
    tries  INTEGER NOT NULL,
    due    INTEGER NOT NULL
) STRICT;

CREATE INDEX delivery_by_due ON delivery (due, number);
CREATE INDEX delivery_by_event ON delivery (event);

-- lasting: 0 for what only one reader needs, such as an export. The next start removes it.
ALTER TABLE archive ADD COLUMN lasting INTEGER NOT NULL DEFAULT 1;
