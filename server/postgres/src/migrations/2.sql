-- Version 2: what identifies the bytes of a site, and the files of a site in URLs.

-- storage_key: the name under which the blobs of the site lie beside those of others. Random, so that a database that is made
-- anew takes no blobs of an earlier one for its own.
-- prefix: the beginning of the ids of its files. NULL for a site that an older release has made since.
ALTER TABLE site ADD COLUMN storage_key text COLLATE "C" NOT NULL DEFAULT replace(gen_random_uuid()::text, '-', '');
ALTER TABLE site ADD COLUMN prefix text COLLATE "C";
UPDATE site SET prefix = encode(substr(sha256(convert_to(id, 'UTF8')), 1, 3), 'hex');
ALTER TABLE site ADD CONSTRAINT site_storage_key UNIQUE (storage_key);
ALTER TABLE site ADD CONSTRAINT site_prefix UNIQUE (prefix);
