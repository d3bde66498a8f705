-- Version 3: sites that one server answers for together, and their keys.

-- is_listed: whether the site was made to be served beside others. A site that a server made for itself is not.
-- host: the name whose media URLs belong to the site. quota: the bytes that its files may have. NULL for none.
ALTER TABLE site ADD COLUMN is_listed boolean NOT NULL DEFAULT false;
ALTER TABLE site ADD COLUMN host text COLLATE "C";
ALTER TABLE site ADD COLUMN quota bigint;
ALTER TABLE site ADD CONSTRAINT site_host UNIQUE (host);

-- hash: the SHA-256 of the key, which is stored nowhere.
CREATE TABLE api_key (
    number    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site      bigint NOT NULL REFERENCES site,
    hash      text COLLATE "C" NOT NULL UNIQUE,
    scope     text COLLATE "C" NOT NULL CHECK (scope IN ('read', 'write', 'admin')),
    created   timestamptz NOT NULL DEFAULT now(),
    expires   timestamptz,
    last_used timestamptz
);

CREATE INDEX api_key_by_site ON api_key (site, number);
