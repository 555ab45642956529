-- The people of a company whose name changed are taken in by the job, page by
-- page: up to which of them it has come.
ALTER TABLE search_stale ADD COLUMN staff_until BIGINT NOT NULL DEFAULT 0;
DROP INDEX person_company;
CREATE INDEX person_company ON person (company_id, id) WHERE company_id IS NOT NULL;

-- Addresses with other letters than ASCII whose record was edited before the
-- job came have no plain text: it is to look at them again.
-- only: sqlite
INSERT INTO search_stale (entity, record_id)
SELECT DISTINCT entity, record_id FROM email
WHERE ended_ms IS NULL AND plain IS NULL
	AND (folded LIKE '%xn--%' OR folded GLOB '*[^ -~]*')
	AND entity IN (1, 2)
ON CONFLICT (entity, record_id) DO NOTHING;
-- only: pg
INSERT INTO search_stale (entity, record_id)
SELECT DISTINCT entity, record_id FROM email
WHERE ended_ms IS NULL AND plain IS NULL
	AND (folded LIKE '%xn--%' OR folded ~ '[^ -~]')
	AND entity IN (1, 2)
ON CONFLICT (entity, record_id) DO NOTHING;

-- The text stands beside the pieces: a candidate is compared where it is found.
CREATE TABLE search_gram_new (
	key BIGINT PRIMARY KEY,
	text TEXT NOT NULL,
	grams INTEGER[] NOT NULL
);
INSERT INTO search_gram_new (key, text, grams)
SELECT g.key, d.text, g.grams
FROM search_gram g JOIN search_doc d ON d.key = g.key;
DROP TABLE search_gram;
ALTER TABLE search_gram_new RENAME TO search_gram;
CREATE INDEX search_gram_grams ON search_gram USING gin (grams);
