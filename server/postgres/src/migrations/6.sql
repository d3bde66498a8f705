-- Version 6: calls of callers, for a rate limit that all processes share.

-- The latest window of each caller. Servers of an older release neither read nor write it. UNLOGGED: counting writes no WAL and waits for
-- no standby. After a crash of the database and after a failover all windows begin anew.
-- caller: its name, `key 7` for one of the site, never a key itself. ends: by the clock of the database. calls: how many the processes
-- have reserved, which can be more than the limit.
CREATE UNLOGGED TABLE call_window (
    site   bigint NOT NULL,
    caller text COLLATE "C" NOT NULL,
    ends   timestamptz NOT NULL,
    calls  bigint NOT NULL,
    PRIMARY KEY (site, caller)
) WITH (fillfactor = 50);
