-- Version 5: records of changes.

-- One row for each transaction that changed files or folders. Servers of an older release write none.
-- at: the time before its commit. actor: who, `key 7` for one of the site. request: the id in the log. call: what was asked for.
-- items: how many files and folders it touched. ids: the first of them. NULL for a change of everything.
CREATE TABLE audit (
    site    bigint NOT NULL,
    at      timestamptz NOT NULL,
    number  bigint GENERATED ALWAYS AS IDENTITY,
    actor   text COLLATE "C" NOT NULL,
    request text COLLATE "C" NOT NULL,
    call    text COLLATE "C" NOT NULL,
    items   bigint,
    ids     text[] COLLATE "C",
    PRIMARY KEY (site, at, number)
);
