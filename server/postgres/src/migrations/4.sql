-- Version 4: where the bytes of the files of a site are.

-- bytes_place: the URL of a bucket without that of its store, or 'directory'. NULL until a server of this version opens the site. A
-- server of an older version neither reads nor writes it.
ALTER TABLE site ADD COLUMN bytes_place text COLLATE "C";
