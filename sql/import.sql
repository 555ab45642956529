-- schema: crm
-- Imports: see src/crm/import/import.h.

-- name: import-add
-- args: entity, file_name, path, options, state, user, at
INSERT INTO import_run (entity, file_name, path, options, state, user_id,
	created_ms)
VALUES (?, ?, ?, ?, 'queued', ?, ?) RETURNING id;

-- name: import-set-job
-- args: job, id
UPDATE import_run SET job_id = ? WHERE id = ?;

-- name: import-lock @pg
-- Imports that run at once take turns, a transaction each: who matches rows
-- must see whom another import just made. SQLite has one writer anyway.
SELECT pg_advisory_xact_lock(7746923);

-- name: import-lock
SELECT 0;

-- name: import-find
-- args: id
SELECT r.id, r.job_id, r.entity, r.file_name, r.path, r.options, r.created,
	r.updated, r.unchanged, r.refused, r.state, r.user_id, r.created_ms,
	r.finished_ms, j.state, j.done, j.total, j.error, r.undo_job_id,
	r.repeated, r.refused_opted_out, r.unclear_opt_outs, r.unclear_decision
FROM import_run r LEFT JOIN job j ON j.id = r.job_id
WHERE r.id = ?;

-- name: import-list
-- Newest first. args: before, limit
SELECT r.id, r.job_id, r.entity, r.file_name, r.path, r.options, r.created,
	r.updated, r.unchanged, r.refused, r.state, r.user_id, r.created_ms,
	r.finished_ms, j.state, j.done, j.total, j.error, r.undo_job_id,
	r.repeated, r.refused_opted_out, r.unclear_opt_outs, r.unclear_decision
FROM import_run r LEFT JOIN job j ON j.id = r.job_id
WHERE r.id < ? ORDER BY r.id DESC LIMIT ?;

-- name: import-list-count
SELECT COUNT(*) FROM import_run;

-- name: import-count
-- What a transaction did. args: created, updated, unchanged, refused, repeated,
-- refused and opted out, unclear opt-outs, id
UPDATE import_run SET created = created + ?, updated = updated + ?,
	unchanged = unchanged + ?, refused = refused + ?,
	repeated = repeated + ?, refused_opted_out = refused_opted_out + ?,
	unclear_opt_outs = unclear_opt_outs + ?, state = 'running'
WHERE id = ?;

-- name: import-first-id
-- The first id that the import gave to its own kind of record.
-- args: id of the record, import
UPDATE import_run SET first_id = ? WHERE id = ? AND first_id IS NULL;

-- name: import-first-company
-- args: id of the company, import
UPDATE import_run SET first_company_id = ?
WHERE id = ? AND first_company_id IS NULL;

-- name: import-finish
-- args: state, at, id
UPDATE import_run SET state = ?, finished_ms = ? WHERE id = ?;

-- name: import-ended-files
-- Files whose import is over, however it ended. Nobody needs them: undoing goes
-- by what the import wrote.
SELECT r.id, r.path FROM import_run r LEFT JOIN job j ON j.id = r.job_id
WHERE r.path IS NOT NULL
	AND (r.finished_ms IS NOT NULL OR j.id IS NULL OR j.state IN (:JOB_ENDED))
LIMIT 1000;

-- name: import-waiting
-- Imports that wait for confirmation. args: entity, but the import
SELECT r.id, r.job_id, r.path FROM import_run r JOIN job j ON j.id = r.job_id
WHERE j.state = :JOB_NEEDS_CONFIRMATION AND r.entity = ? AND r.id <> ? AND r.path IS NOT NULL
ORDER BY r.id;

-- name: import-has-file
-- args: path
SELECT 1 FROM import_run WHERE path = ? LIMIT 1;

-- name: import-file-gone
-- args: id
UPDATE import_run SET path = NULL WHERE id = ?;

-- name: import-mapping-find
-- args: name
SELECT mapping FROM import_mapping WHERE name = ?;

-- name: import-mapping-put
-- args: name, mapping, at
INSERT INTO import_mapping (name, mapping, updated_ms) VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET mapping = excluded.mapping,
	updated_ms = excluded.updated_ms;

-- name: import-answers-find
-- Answers for files with certain headers. args: name
SELECT mapping, updated_ms FROM import_mapping WHERE name = ? FOR UPDATE;

-- name: import-answers-claim
-- A row to be locked, of two who answer for the first time. args: name, at
INSERT INTO import_mapping (name, mapping, updated_ms) VALUES (?, '{}', ?)
ON CONFLICT (name) DO NOTHING;

-- name: import-answers-list
-- The latest first. args: limit
SELECT name, mapping, updated_ms FROM import_mapping
WHERE name LIKE 'answers:header:%' ORDER BY updated_ms DESC, name LIMIT ?;

-- name: import-answers-count
SELECT COUNT(*) FROM import_mapping WHERE name LIKE 'answers:header:%';

-- name: import-answers-remove
-- args: name
DELETE FROM import_mapping WHERE name = ?;

-- name: import-refused-add
-- args: import, row, reason, detail, raw
INSERT INTO import_refused (import_id, row_number, reason, detail, raw)
VALUES (?, ?, ?, ?, ?);

-- name: import-refused-page
-- args: import, after row, limit
SELECT row_number, reason, detail, raw FROM import_refused
WHERE import_id = ? AND row_number > ? ORDER BY row_number LIMIT ?;

-- name: import-holders
-- Who has, or had, an address. args: JSON hashes
SELECT hash, entity, record_id, ended_ms FROM email
WHERE hash IN JSON_TEXTS(?);

-- name: import-people-by-key
-- args: JSON keys
SELECT external_key, id FROM person
WHERE external_key IN JSON_TEXTS(?) AND erased_ms IS NULL;

-- name: import-leads-by-key
-- args: JSON keys
SELECT external_key, id FROM lead
WHERE external_key IN JSON_TEXTS(?) AND erased_ms IS NULL;

-- name: import-companies-by-key
-- args: JSON keys
SELECT external_key, id FROM company WHERE external_key IN JSON_TEXTS(?);

-- name: import-people-by-name
-- args: JSON folded names
SELECT name_folded, id FROM person
WHERE name_folded IN JSON_TEXTS(?) AND erased_ms IS NULL;

-- name: import-leads-by-name
-- args: JSON folded names
SELECT name_folded, id FROM lead
WHERE name_folded IN JSON_TEXTS(?) AND erased_ms IS NULL;

-- name: import-companies-by-name
-- args: JSON folded names
SELECT name_folded, id FROM company WHERE name_folded IN JSON_TEXTS(?);

-- name: import-company-names
-- args: JSON ids
SELECT id, name_folded FROM company WHERE id IN JSON_INTS(?) ORDER BY id;

-- name: import-change-add
-- The first image is kept. args: import, entity, record, before, written
INSERT INTO import_change (import_id, entity, record_id, before, written_ms)
VALUES (?, ?, ?, ?, ?)
ON CONFLICT (import_id, entity, record_id)
	DO UPDATE SET written_ms = excluded.written_ms;

-- name: import-decide
-- Once, of an import that is over. args: decision, id
UPDATE import_run SET unclear_decision = ?
WHERE id = ? AND unclear_decision IS NULL AND unclear_opt_outs > 0
	AND state = 'done';

-- name: import-undo-start
-- args: job, id
UPDATE import_run SET undo_job_id = ?, state = 'undoing' WHERE id = ?;

-- name: import-first
-- Where the records that an import made begin. args: id
SELECT COALESCE(first_id, 0), COALESCE(first_company_id, 0)
FROM import_run WHERE id = ?;

-- name: import-made-lock-people
-- Before it is asked whether somebody did something with them.
-- args: import, after id, limit
SELECT id FROM person WHERE import_id = ? AND id > ? AND erased_ms IS NULL
ORDER BY id LIMIT ? FOR UPDATE;

-- name: import-made-lock-leads
-- args: import, after id, limit
SELECT id FROM lead WHERE import_id = ? AND id > ? AND erased_ms IS NULL
ORDER BY id LIMIT ? FOR UPDATE;

-- name: import-made-lock-companies
-- args: import, after id, limit
SELECT id FROM company WHERE import_id = ? AND id > ?
ORDER BY id LIMIT ? FOR UPDATE;

-- name: import-made-people
-- What an import made, and whether somebody did something with it since.
-- args: import, after id, limit
SELECT p.id, CASE WHEN p.updated_ms <> p.created_ms
	OR EXISTS (SELECT 1 FROM campaign_recipient c WHERE c.person_id = p.id)
	OR EXISTS (SELECT 1 FROM consent c WHERE c.record_id = p.id
		AND c.entity = :ENTITY_PERSON AND c.at_ms > p.created_ms)
	OR EXISTS (SELECT 1 FROM communication_link k WHERE k.record_id = p.id
		AND k.entity = :ENTITY_PERSON)
	OR EXISTS (SELECT 1 FROM note n WHERE n.record_id = p.id
		AND n.entity = :ENTITY_PERSON)
	OR EXISTS (SELECT 1 FROM task t WHERE t.record_id = p.id
		AND t.entity = :ENTITY_PERSON)
	THEN 1 ELSE 0 END
FROM person p
WHERE p.import_id = ? AND p.id > ? AND p.erased_ms IS NULL
ORDER BY p.id LIMIT ?;

-- name: import-made-leads
-- args: import, after id, limit
SELECT p.id, CASE WHEN p.updated_ms <> p.created_ms
	OR EXISTS (SELECT 1 FROM consent c WHERE c.record_id = p.id
		AND c.entity = :ENTITY_LEAD AND c.at_ms > p.created_ms)
	OR EXISTS (SELECT 1 FROM communication_link k WHERE k.record_id = p.id
		AND k.entity = :ENTITY_LEAD)
	OR EXISTS (SELECT 1 FROM note n WHERE n.record_id = p.id
		AND n.entity = :ENTITY_LEAD)
	OR EXISTS (SELECT 1 FROM task t WHERE t.record_id = p.id
		AND t.entity = :ENTITY_LEAD)
	THEN 1 ELSE 0 END
FROM lead p
WHERE p.import_id = ? AND p.id > ? AND p.erased_ms IS NULL
ORDER BY p.id LIMIT ?;

-- name: import-made-companies
-- args: import, after id, limit
SELECT p.id, CASE WHEN p.updated_ms <> p.created_ms
	OR EXISTS (SELECT 1 FROM person q WHERE q.company_id = p.id)
	OR EXISTS (SELECT 1 FROM communication_link k WHERE k.record_id = p.id
		AND k.entity = :ENTITY_COMPANY)
	OR EXISTS (SELECT 1 FROM note n WHERE n.record_id = p.id
		AND n.entity = :ENTITY_COMPANY)
	OR EXISTS (SELECT 1 FROM task t WHERE t.record_id = p.id
		AND t.entity = :ENTITY_COMPANY)
	THEN 1 ELSE 0 END
FROM company p
WHERE p.import_id = ? AND p.id > ?
ORDER BY p.id LIMIT ?;

-- name: import-unmake-people
-- args: JSON ids
DELETE FROM person WHERE id IN JSON_INTS(?);

-- name: import-unmake-leads
-- args: JSON ids
DELETE FROM lead WHERE id IN JSON_INTS(?);

-- name: import-unmake-companies
-- args: JSON ids
DELETE FROM company WHERE id IN JSON_INTS(?);

-- name: import-unmake-emails
-- args: JSON ids, entity
DELETE FROM email WHERE record_id IN JSON_INTS(?) AND entity = ?;

-- name: import-unmake-consent
-- args: JSON ids, entity
DELETE FROM consent WHERE record_id IN JSON_INTS(?) AND entity = ?;

-- name: import-unmake-tags
-- args: JSON ids, entity
DELETE FROM record_tag WHERE record_id IN JSON_INTS(?) AND entity = ?;

-- name: import-unmake-members
-- args: JSON ids, entity
DELETE FROM group_member WHERE record_id IN JSON_INTS(?)
	AND group_id IN (SELECT id FROM crm_group WHERE entity = ?);

-- name: import-unmake-exclusions
-- args: JSON ids, entity
DELETE FROM group_exclusion WHERE record_id IN JSON_INTS(?)
	AND group_id IN (SELECT id FROM crm_group WHERE entity = ?);

-- name: import-changes
-- What an import overwrote. args: import, entity, after record, limit
SELECT record_id, before, written_ms FROM import_change
WHERE import_id = ? AND entity = ? AND record_id > ?
ORDER BY record_id LIMIT ?;

-- name: import-untag
-- args: entity, record, tag
DELETE FROM record_tag WHERE entity = ? AND record_id = ? AND tag_id = ?;

-- name: import-confirm
-- Opt-outs that another import made, said again by this one.
-- args: import, entity, JSON ids of records, import
INSERT INTO import_confirmation (consent_id, import_id)
SELECT c.id, ? FROM consent c
WHERE c.entity = ? AND c.record_id IN JSON_INTS(?) AND c.state = :CONSENT_OPTED_OUT
	AND c.import_id IS NOT NULL AND c.import_id <> ?
ON CONFLICT (consent_id) DO UPDATE SET import_id = excluded.import_id;

-- name: import-unconfirm
-- args: import
DELETE FROM import_confirmation WHERE import_id = ?;

-- name: import-opt-outs
-- What an import said of whom. args: import, after id, limit
SELECT id, entity, record_id FROM consent
WHERE import_id = ? AND id > ? AND state = :CONSENT_OPTED_OUT
ORDER BY id LIMIT ?;

-- name: import-opt-out-alone
-- 1 if an opt-out stands on its import alone: nothing said it later or before,
-- and the record is not one that the import made. args: consent
SELECT CASE WHEN
	EXISTS (SELECT 1 FROM import_confirmation f WHERE f.consent_id = c.id)
	OR EXISTS (SELECT 1 FROM consent d WHERE d.record_id = c.record_id
		AND d.entity = c.entity AND d.id > c.id
		AND (d.import_id IS NULL OR d.import_id <> c.import_id))
	OR COALESCE((SELECT d.state FROM consent d
		WHERE d.record_id = c.record_id AND d.entity = c.entity
		AND d.id < c.id
		AND (d.import_id IS NULL OR d.import_id <> c.import_id)
		ORDER BY d.id DESC LIMIT 1), 2) = 1
	OR EXISTS (SELECT 1 FROM person p WHERE c.entity = :ENTITY_PERSON
		AND p.id = c.record_id AND p.import_id = c.import_id)
	OR EXISTS (SELECT 1 FROM lead l WHERE c.entity = :ENTITY_LEAD
		AND l.id = c.record_id AND l.import_id = c.import_id)
	OR EXISTS (SELECT 1 FROM company o WHERE c.entity = :ENTITY_COMPANY
		AND o.id = c.record_id AND o.import_id = c.import_id)
	THEN 0 ELSE 1 END
FROM consent c WHERE c.id = ?;

-- name: import-open-hashes
-- How many of the addresses belong to somebody who is not opted out.
-- args: JSON hashes
SELECT COUNT(DISTINCT a.hash) FROM email a
LEFT JOIN person p ON a.entity = :ENTITY_PERSON AND p.id = a.record_id
LEFT JOIN lead l ON a.entity = :ENTITY_LEAD AND l.id = a.record_id
WHERE a.hash IN JSON_TEXTS(?) AND a.ended_ms IS NULL
	AND COALESCE(p.opted_out, l.opted_out, 1) = 0;
