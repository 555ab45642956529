-- schema: crm
-- Searching inside names and addresses: see src/crm/search/search.h.

-- name: search-until
-- args: entity
SELECT until_id FROM search_state WHERE entity = ?;

-- name: search-stale
-- args: entity, limit
SELECT record_id FROM search_stale WHERE entity = ?
ORDER BY record_id LIMIT ?;

-- name: search-stale-companies
-- What they are called now, and what the index has: all that their people may
-- have there. args: limit
SELECT s.record_id, COALESCE(c.plain, c.name_folded), c.name_folded, d.text
FROM search_stale s LEFT JOIN company c ON c.id = s.record_id
LEFT JOIN search_doc d ON d.key = s.record_id * 4 + :ENTITY_COMPANY
WHERE s.entity = :ENTITY_COMPANY ORDER BY s.record_id LIMIT ?;

-- name: search-staff
-- args: company, after id, limit
SELECT id FROM person
WHERE company_id = ? AND id > ? AND erased_ms IS NULL ORDER BY id LIMIT ?;

-- name: search-lock-until
-- For the job. args: entity
SELECT until_id FROM search_state WHERE entity = ? FOR UPDATE;

-- name: search-lock-stale
-- For the job. args: entity, limit
SELECT record_id FROM search_stale WHERE entity = ?
ORDER BY record_id LIMIT ? FOR UPDATE;

-- name: search-lock-companies
-- For the job. args: limit
SELECT record_id, staff_until FROM search_stale WHERE entity = :ENTITY_COMPANY
ORDER BY record_id LIMIT ? FOR UPDATE;

-- name: search-staff-until
-- args: id of a person, company
UPDATE search_stale SET staff_until = ?
WHERE entity = :ENTITY_COMPANY AND record_id = ?;

-- name: search-newest
-- The last id that was handed out. args: name of the sequence
SELECT next - 1 FROM sequence WHERE name = ?;

-- name: search-people
-- Own text, the company's. args: after id, limit
SELECT p.id, p.plain, COALESCE(c.plain, c.name_folded)
FROM person p LEFT JOIN company c ON c.id = p.company_id
WHERE p.id > ? ORDER BY p.id LIMIT ?;

-- name: search-leads
-- args: after id, limit
SELECT id, plain, NULL FROM lead WHERE id > ? ORDER BY id LIMIT ?;

-- name: search-companies
-- args: after id, limit
SELECT id, plain, NULL FROM company WHERE id > ? ORDER BY id LIMIT ?;

-- name: search-those-people
-- args: JSON ids
SELECT p.id, p.plain, COALESCE(c.plain, c.name_folded)
FROM person p LEFT JOIN company c ON c.id = p.company_id
WHERE p.id IN JSON_INTS(?) ORDER BY p.id;

-- name: search-those-leads
-- args: JSON ids
SELECT id, plain, NULL FROM lead WHERE id IN JSON_INTS(?) ORDER BY id;

-- name: search-those-companies
-- args: JSON ids
SELECT id, plain, NULL FROM company WHERE id IN JSON_INTS(?) ORDER BY id;

-- name: search-addresses
-- args: entity, JSON ids
SELECT record_id, folded, plain FROM email
WHERE entity = ? AND record_id IN JSON_INTS(?) AND ended_ms IS NULL
ORDER BY record_id, id;

-- name: search-fill-person
-- args: text, id
UPDATE person SET plain = ? WHERE id = ?;

-- name: search-fill-lead
-- args: text, id
UPDATE lead SET plain = ? WHERE id = ?;

-- name: search-fill-company
-- args: text, id
UPDATE company SET plain = ? WHERE id = ?;

-- name: search-fill-address
-- args: text, id
UPDATE email SET plain = ? WHERE id = ?;

-- name: search-doc
-- args: key
SELECT text FROM search_doc WHERE key = ?;

-- name: search-doc-add
-- args: key, text
INSERT INTO search_doc (key, text) VALUES (?, ?);

-- name: search-doc-remove
-- args: key
DELETE FROM search_doc WHERE key = ?;

-- name: search-gram-add
-- SQLite keeps no text beside them. args: key, grams (never NULL), text
INSERT INTO search_gram (rowid, grams) VALUES (?, COALESCE(?, ?));

-- name: search-gram-add @pg
INSERT INTO search_gram (key, grams, text)
VALUES (?, CAST(CAST(? AS TEXT) AS INTEGER[]), ?);

-- name: search-gram-remove
-- args: key, the grams as they were added
INSERT INTO search_gram (search_gram, rowid, grams) VALUES ('delete', ?, ?);

-- name: search-gram-remove @pg
DELETE FROM search_gram
WHERE key = ? AND CAST(? AS TEXT) IS NOT NULL;

-- name: search-go-on
-- args: id, entity
UPDATE search_state SET until_id = ? WHERE entity = ?;

-- name: search-mark
-- Locks the row if it is there: whoever takes it away waits, and then sees what
-- was changed. args: entity, JSON ids
INSERT INTO search_stale (entity, record_id)
SELECT CAST(? AS INTEGER), ids.value
FROM (SELECT CAST(value AS INTEGER) AS value FROM json_each(?)) AS ids
WHERE TRUE
ON CONFLICT (entity, record_id) DO UPDATE SET staff_until = 0;

-- name: search-mark @pg
INSERT INTO search_stale (entity, record_id)
SELECT CAST(? AS INTEGER), ids.value
FROM (SELECT value::bigint AS value
      FROM json_array_elements_text(CAST(? AS TEXT)::json)) AS ids
ORDER BY 2
ON CONFLICT (entity, record_id) DO UPDATE SET staff_until = 0;

-- name: search-mark-staff
-- The people of a company that goes, by whose name they were found. args: company
INSERT INTO search_stale (entity, record_id)
SELECT :ENTITY_PERSON, p.id FROM person p
WHERE p.company_id = ? AND p.erased_ms IS NULL ORDER BY p.id
ON CONFLICT (entity, record_id) DO UPDATE SET staff_until = 0;

-- name: search-fresh
-- Those that were locked: another may be marked meanwhile. args: entity, JSON ids
DELETE FROM search_stale WHERE entity = ? AND record_id IN JSON_INTS(?);

-- name: search-is-behind
-- Is there anything to put in the index? The largest id is looked up; whether a
-- larger one exists, PostgreSQL finds out by going through the table.
SELECT 1 FROM search_state s
WHERE (s.entity = :ENTITY_PERSON AND
		(SELECT MAX(r.id) FROM person r) > s.until_id)
	OR (s.entity = :ENTITY_LEAD AND
		(SELECT MAX(r.id) FROM lead r) > s.until_id)
	OR (s.entity = :ENTITY_COMPANY AND
		(SELECT MAX(r.id) FROM company r) > s.until_id)
	OR EXISTS (SELECT 1 FROM search_stale)
LIMIT 1;

-- name: search-import-runs
-- An import has the disk to itself.
SELECT 1 FROM job
WHERE state = :JOB_RUNNING AND kind IN ('import', 'import-undo') LIMIT 1;

-- name: search-hurry
-- The job that waits. args: now, id, now
UPDATE job SET run_at_ms = ?
WHERE id = ? AND state = :JOB_QUEUED AND run_at_ms > ?;
