-- Version 7: when a site was swept.

-- swept: when a worker began to sweep the site last, or the site was made. A server of an older release neither reads nor writes it.
ALTER TABLE site ADD COLUMN swept timestamptz NOT NULL DEFAULT now();
