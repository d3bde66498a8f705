-- Version 4: changes of large trees, whose files follow later.

-- Folders whose files may have rows that are out of date: `area` and what tells where a trashed file came from are those of
-- the folder, whatever the rows of the files say. In the order in which the files are brought up to date.
-- name, file: the last file, in the order of their names, up to which that has been done.
CREATE TABLE stale (
    number INTEGER PRIMARY KEY,
    folder TEXT NOT NULL UNIQUE,
    name   TEXT NOT NULL DEFAULT '',
    file   TEXT NOT NULL DEFAULT ''
) STRICT;
