-- Version 1. A later version is another file and another entry of MIGRATIONS; this one never changes again.
--
-- Every key begins with the site, so that the rows of one site lie together and no statement reads those of another. Every text
-- is compared by code points (COLLATE "C"). JSON is text: jsonb would not return it as it was written.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

CREATE TABLE site (
    number  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id      text COLLATE "C" NOT NULL UNIQUE,
    created timestamptz NOT NULL DEFAULT now()
);

-- One row for each site. Each writer locks it first and updates it last, so pages keep room for its versions.
-- last_event: the number of the last event.
-- bytes: the sizes of all files and assets together.
-- commits, marks: the number of commits, and a random number for each of the latest. They tell whether a commit whose answer was
-- lost has happened.
CREATE TABLE tail (
    site       bigint PRIMARY KEY REFERENCES site,
    last_event bigint NOT NULL DEFAULT 0,
    bytes      bigint NOT NULL DEFAULT 0,
    commits    bigint NOT NULL DEFAULT 0,
    marks      bigint[] NOT NULL DEFAULT '{}'
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

CREATE TABLE setting (
    site  bigint NOT NULL,
    name  text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    PRIMARY KEY (site, name)
);

-- area: 0 site files, 1 visitor uploads, 2 trash. An item in the trash remembers where it came from.
-- folded: the text that a search looks at.
-- events: how many events the item has caused.
CREATE TABLE folder (
    site          bigint NOT NULL,
    id            text COLLATE "C" NOT NULL,
    name          text COLLATE "C" NOT NULL,
    parent        text COLLATE "C" NOT NULL,
    area          smallint NOT NULL,
    created       bigint NOT NULL,
    updated       bigint NOT NULL,
    origin_parent text COLLATE "C",
    origin_area   smallint,
    deletion      bigint,
    deleted       bigint,
    events        bigint NOT NULL DEFAULT 0,
    folded        text COLLATE "C" NOT NULL,
    PRIMARY KEY (site, id),
    CHECK ((area = 2) = (deletion IS NOT NULL))
);

CREATE INDEX folder_in_folder_by_name ON folder (site, parent, name, id);
CREATE INDEX folder_in_folder_by_date ON folder (site, parent, updated, id);
CREATE INDEX folder_in_area_by_name ON folder (site, area, name, id);
CREATE INDEX folder_in_area_by_date ON folder (site, area, updated, id);

-- number: the order in which files were added.
-- labels: a JSON array.
CREATE TABLE file (
    site          bigint NOT NULL,
    id            text COLLATE "C" NOT NULL,
    number        bigint GENERATED ALWAYS AS IDENTITY,
    name          text COLLATE "C" NOT NULL,
    parent        text COLLATE "C" NOT NULL,
    area          smallint NOT NULL,
    created       bigint NOT NULL,
    updated       bigint NOT NULL,
    origin_parent text COLLATE "C",
    origin_area   smallint,
    deletion      bigint,
    deleted       bigint,
    events        bigint NOT NULL DEFAULT 0,
    media_type    text COLLATE "C" NOT NULL,
    mime          text COLLATE "C" NOT NULL,
    private       boolean NOT NULL,
    size          bigint NOT NULL,
    hash          text COLLATE "C" NOT NULL,
    crc           bigint NOT NULL,
    status        text COLLATE "C" NOT NULL,
    ready_at      bigint,
    labels        text COLLATE "C" NOT NULL,
    facts         text COLLATE "C" NOT NULL,
    external      text COLLATE "C" NOT NULL,
    source_url    text COLLATE "C",
    tag           text COLLATE "C" NOT NULL,
    blob          text COLLATE "C",
    PRIMARY KEY (site, id),
    CHECK ((area = 2) = (deletion IS NOT NULL))
) WITH (fillfactor = 90);

CREATE INDEX file_in_folder_by_name ON file (site, parent, name, id);
CREATE INDEX file_in_folder_by_date ON file (site, parent, updated, id);
CREATE INDEX file_in_folder_by_size ON file (site, parent, size, id);
CREATE INDEX file_in_area_by_name ON file (site, area, name, id);
CREATE INDEX file_in_area_by_date ON file (site, area, updated, id);
CREATE INDEX file_in_area_by_size ON file (site, area, size, id);
CREATE INDEX file_pending ON file (site, ready_at, number) WHERE ready_at IS NOT NULL;
CREATE INDEX file_by_blob ON file (site, blob) WHERE blob IS NOT NULL;

-- The texts of files, in a table of their own: moving a file or a tree leaves its indexes alone.
-- grams: the distinct pieces of one and of two characters, for what trigrams cannot find.
CREATE TABLE file_text (
    site   bigint NOT NULL,
    id     text COLLATE "C" NOT NULL,
    folded text COLLATE "C" NOT NULL,
    grams  text[] COLLATE "C" NOT NULL,
    PRIMARY KEY (site, id)
);

CREATE INDEX file_text_trigrams ON file_text USING gin (site, folded gin_trgm_ops);
CREATE INDEX file_text_grams ON file_text USING gin (site, grams);

-- Folders whose files may have rows that are out of date, in the order in which the files are brought up to date.
-- name, file: the last file, in the order of their names, up to which that has been done.
CREATE TABLE stale (
    site   bigint NOT NULL,
    folder text COLLATE "C" NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    name   text COLLATE "C" NOT NULL DEFAULT '',
    file   text COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (site, folder)
);

CREATE TABLE upload (
    site      bigint NOT NULL,
    id        text COLLATE "C" NOT NULL,
    file      text COLLATE "C" NOT NULL,
    request   text COLLATE "C" NOT NULL,
    resumable boolean NOT NULL,
    expires   bigint NOT NULL,
    done      boolean NOT NULL,
    transfer  text COLLATE "C",
    blob      text COLLATE "C",
    length    bigint NOT NULL,
    received  bigint NOT NULL,
    filename  text COLLATE "C",
    epoch     bigint NOT NULL,
    digest    text COLLATE "C",
    metadata  text COLLATE "C",
    PRIMARY KEY (site, id),
    UNIQUE (site, transfer)
);

CREATE INDEX upload_by_expiry ON upload (site, expires);
CREATE INDEX upload_by_blob ON upload (site, blob) WHERE blob IS NOT NULL;

CREATE TABLE import (
    site         bigint NOT NULL,
    file         text COLLATE "C" NOT NULL,
    request      text COLLATE "C" NOT NULL,
    leased_until bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (site, file)
);

CREATE TABLE job (
    site      bigint NOT NULL,
    number    bigint GENERATED ALWAYS AS IDENTITY,
    due       bigint NOT NULL,
    operation text COLLATE "C" NOT NULL,
    fields    text COLLATE "C" NOT NULL,
    PRIMARY KEY (site, number)
);

CREATE INDEX job_by_due ON job (site, due, number);

CREATE TABLE event (
    site   bigint NOT NULL,
    number bigint NOT NULL,
    body   text COLLATE "C" NOT NULL,
    PRIMARY KEY (site, number)
);

CREATE TABLE delivery (
    site         bigint NOT NULL,
    number       bigint GENERATED ALWAYS AS IDENTITY,
    event        bigint NOT NULL,
    url          text COLLATE "C" NOT NULL,
    tries        bigint NOT NULL,
    due          bigint NOT NULL,
    leased_until bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (site, number)
);

CREATE INDEX delivery_by_due ON delivery (site, due, number);
CREATE INDEX delivery_by_event ON delivery (site, event);

-- lasting: false for what only one reader needs, such as an export.
-- entries: how many there are.
CREATE TABLE bundle (
    site    bigint NOT NULL,
    id      text COLLATE "C" NOT NULL,
    name    text COLLATE "C" NOT NULL,
    lasting boolean NOT NULL,
    created bigint NOT NULL,
    entries bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (site, id)
);

CREATE INDEX bundle_by_age ON bundle (site, lasting, created, id);

CREATE TABLE bundle_entry (
    site     bigint NOT NULL,
    bundle   text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    path     text COLLATE "C" NOT NULL,
    blob     text COLLATE "C",
    size     bigint NOT NULL,
    crc      bigint NOT NULL,
    updated  bigint NOT NULL,
    PRIMARY KEY (site, bundle, position)
);

CREATE INDEX bundle_entry_by_blob ON bundle_entry (site, blob) WHERE blob IS NOT NULL;

-- Blobs that no row names, and since when.
CREATE TABLE doomed (
    site  bigint NOT NULL,
    blob  text COLLATE "C" NOT NULL,
    since bigint NOT NULL,
    PRIMARY KEY (site, blob)
);

CREATE TABLE asset (
    site  bigint NOT NULL,
    file  text COLLATE "C" NOT NULL,
    name  text COLLATE "C" NOT NULL,
    blob  text COLLATE "C" NOT NULL,
    size  bigint NOT NULL,
    hash  text COLLATE "C" NOT NULL,
    crc   bigint NOT NULL,
    facts text COLLATE "C" NOT NULL,
    PRIMARY KEY (site, file, name)
);

CREATE INDEX asset_by_blob ON asset (site, blob);

CREATE TABLE transcode (
    site         bigint NOT NULL,
    file         text COLLATE "C" NOT NULL,
    ready_at     bigint NOT NULL,
    tries        bigint NOT NULL DEFAULT 0,
    leased_until bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (site, file)
);

CREATE TABLE backlog (
    site   bigint NOT NULL,
    file   text COLLATE "C" NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (site, file)
);
