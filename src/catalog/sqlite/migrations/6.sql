-- Version 6: videos that were stored while nothing could decode them.

-- In the order in which they were added. Each goes with its file, or moves to transcode once a host decodes videos.
CREATE TABLE backlog (
    number INTEGER PRIMARY KEY,
    file   TEXT NOT NULL UNIQUE
) STRICT;

CREATE TRIGGER backlog_of_deleted AFTER DELETE ON file WHEN old.media_type = 'VIDEO' BEGIN
    DELETE FROM backlog WHERE file = old.id;
END;

INSERT INTO backlog (file) SELECT id FROM file
    WHERE media_type = 'VIDEO' AND status = 'READY' AND blob IS NOT NULL
        AND id NOT IN (SELECT file FROM asset) AND id NOT IN (SELECT file FROM transcode)
    ORDER BY number;
