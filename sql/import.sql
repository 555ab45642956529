-- schema: crm
-- Imports: see src/crm/import/import.h.

-- name: import-add
-- args: entity, file_name, path, options, state, user, at
INSERT INTO import_run (entity, file_name, path, options, state, user_id,
	created_ms, opted_out, opted_out_before, opt_outs_kept)
VALUES (?, ?, ?, ?, 'queued', ?, ?, 0, 0, 0) RETURNING id;

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
	r.repeated, r.refused_opted_out, r.unclear_opt_outs, r.unclear_decision,
	u.name, COALESCE(r.opted_out, -1), COALESCE(r.opted_out_before, -1),
	COALESCE(r.opt_outs_kept, -1), r.keeps_opt_outs, r.left_open,
	r.sharing, r.opted_out_by_name, r.yes_unnoted, r.short_rows
FROM import_run r LEFT JOIN job j ON j.id = r.job_id
	LEFT JOIN app_user u ON u.id = r.user_id
WHERE r.id = ?;

-- name: import-list
-- Newest first. args: before, limit
SELECT r.id, r.job_id, r.entity, r.file_name, r.path, r.options, r.created,
	r.updated, r.unchanged, r.refused, r.state, r.user_id, r.created_ms,
	r.finished_ms, j.state, j.done, j.total, j.error, r.undo_job_id,
	r.repeated, r.refused_opted_out, r.unclear_opt_outs, r.unclear_decision,
	u.name, COALESCE(r.opted_out, -1), COALESCE(r.opted_out_before, -1),
	COALESCE(r.opt_outs_kept, -1), r.keeps_opt_outs, r.left_open,
	r.sharing, r.opted_out_by_name, r.yes_unnoted, r.short_rows
FROM import_run r LEFT JOIN job j ON j.id = r.job_id
	LEFT JOIN app_user u ON u.id = r.user_id
WHERE r.id < ? ORDER BY r.id DESC LIMIT ?;

-- name: import-list-count
SELECT COUNT(*) FROM import_run;

-- name: import-count
-- What a transaction did. args: created, updated, unchanged, refused, repeated,
-- refused and opted out, unclear opt-outs, opted out, before, kept, left open,
-- sharing, by name, unnoted, short, id
UPDATE import_run SET created = created + ?, updated = updated + ?,
	unchanged = unchanged + ?, refused = refused + ?,
	repeated = repeated + ?, refused_opted_out = refused_opted_out + ?,
	unclear_opt_outs = unclear_opt_outs + ?,
	opted_out = COALESCE(opted_out, 0) + ?,
	opted_out_before = COALESCE(opted_out_before, 0) + ?,
	opt_outs_kept = COALESCE(opt_outs_kept, 0) + ?,
	left_open = left_open + ?, sharing = sharing + ?,
	opted_out_by_name = opted_out_by_name + ?,
	yes_unnoted = yes_unnoted + ?, short_rows = short_rows + ?,
	state = 'running'
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

-- name: import-refused-by-reason
-- args: import, after row, reason or NULL, reason, limit
SELECT row_number, reason, detail, raw FROM import_refused
WHERE import_id = ? AND row_number > ?
	AND (CAST(? AS TEXT) IS NULL OR reason = ?)
ORDER BY row_number LIMIT ?;

-- name: import-refused-reasons
-- args: import
SELECT reason, COUNT(*) AS n FROM import_refused WHERE import_id = ?
GROUP BY reason ORDER BY n DESC, reason;

-- name: import-holders
-- Who has, or had, an address. args: JSON hashes
SELECT hash, entity, record_id, ended_ms FROM email
WHERE hash IN JSON_TEXTS(?);

-- name: import-address-pairs
-- The other addresses of those who have one. args: JSON hashes
SELECT DISTINCT a.hash, b.hash FROM email a
JOIN email b ON b.record_id = a.record_id AND b.entity = a.entity
	AND b.hash <> a.hash AND b.ended_ms IS NULL
WHERE a.hash IN JSON_TEXTS(?) AND a.ended_ms IS NULL;

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
-- args: import, entity, record, before, written
INSERT INTO import_change (import_id, entity, record_id, before, written_ms)
VALUES (?, ?, ?, ?, ?);

-- name: import-change-again
-- It changes the record once more. args: before, written, import, entity, record
UPDATE import_change SET before = ?, written_ms = ?
WHERE import_id = ? AND entity = ? AND record_id = ?;

-- name: import-changes-of
-- Of records: what an import changed already. args: JSON ids, import, entity
SELECT c.record_id, c.before, c.written_ms
FROM JSON_INTS(?) AS k CROSS JOIN import_change c
WHERE c.import_id = ? AND c.entity = ? AND c.record_id = k.value
ORDER BY c.record_id;

-- name: import-unchanged-add
-- args: import, entity, JSON records
INSERT INTO import_unchanged (import_id, entity, record_id)
SELECT CAST(? AS BIGINT), CAST(? AS INTEGER), k.value FROM JSON_INTS(?) AS k
WHERE k.value > 0
ON CONFLICT (import_id, entity, record_id) DO NOTHING;

-- name: import-unchanged-old
-- An import that is over for so long, and has such rows. args: ended before
SELECT r.id FROM import_run r WHERE r.finished_ms < ? AND EXISTS (SELECT 1
	FROM import_unchanged u WHERE u.import_id = r.id)
LIMIT 1;

-- name: import-unchanged-trim
-- A page of them. args: import, import, limit
DELETE FROM import_unchanged WHERE import_id = ? AND record_id IN (
	SELECT record_id FROM import_unchanged WHERE import_id = ?
	ORDER BY entity, record_id LIMIT ?);

-- name: import-decide
-- Once, of an import that is over. args: decision, id
UPDATE import_run SET unclear_decision = ?
WHERE id = ? AND unclear_decision IS NULL AND unclear_opt_outs > 0
	AND (state = 'done' OR (state = 'undone' AND keeps_opt_outs = 1));

-- name: import-undo-start
-- One writer: an import is taken back once. args: job, are its opt-outs kept, id
UPDATE import_run SET undo_job_id = ?, keeps_opt_outs = ?, state = 'undoing'
WHERE id = ?;

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

-- name: import-made
-- Of what an import made: why does it stay (see enum import_stays), and is there
-- more to do than to delete it (somebody says that it is out, the audience or a
-- ledger knows it)? What we did by ourselves, such as mailing it, is no reason,
-- nor is what the import says, or did while it ran.
-- args: entity, JSON ids, the same twice
WITH p (id, entity, created_ms, updated_ms, import_id) AS (
	SELECT id, :ENTITY_PERSON, created_ms, updated_ms, import_id FROM person
	WHERE CAST(? AS INTEGER) = :ENTITY_PERSON AND id IN JSON_INTS(?)
	UNION ALL
	SELECT id, :ENTITY_LEAD, created_ms, updated_ms, import_id FROM lead
	WHERE CAST(? AS INTEGER) = :ENTITY_LEAD AND id IN JSON_INTS(?)
	UNION ALL
	SELECT id, :ENTITY_COMPANY, created_ms, updated_ms, import_id FROM company
	WHERE CAST(? AS INTEGER) = :ENTITY_COMPANY AND id IN JSON_INTS(?))
SELECT p.id, CASE WHEN p.entity <> :ENTITY_COMPANY AND EXISTS (SELECT 1
		FROM consent c WHERE c.record_id = p.id
		AND c.entity = p.entity AND c.at_ms > p.created_ms
		AND COALESCE(c.import_id, 0) <> p.import_id
		AND COALESCE(c.during_import, 0) <> p.import_id)
	THEN :IMPORT_STAYS_ANSWERED
	WHEN p.updated_ms <> p.created_ms THEN :IMPORT_STAYS_CHANGED
	WHEN (p.entity = :ENTITY_COMPANY AND EXISTS (SELECT 1 FROM person q
		WHERE q.company_id = p.id))
	OR EXISTS (SELECT 1 FROM communication_link k
		WHERE k.record_id = p.id AND k.entity = p.entity)
	OR EXISTS (SELECT 1 FROM note n
		WHERE n.record_id = p.id AND n.entity = p.entity)
	OR EXISTS (SELECT 1 FROM task t
		WHERE t.record_id = p.id AND t.entity = p.entity)
	OR EXISTS (SELECT 1 FROM crm_group g JOIN group_member h
		ON h.group_id = g.id WHERE g.entity = p.entity
		AND h.record_id = p.id AND h.how = :GROUP_BY_HAND)
	OR EXISTS (SELECT 1 FROM crm_group g JOIN group_exclusion x
		ON x.group_id = g.id WHERE g.entity = p.entity
		AND x.record_id = p.id)
	THEN :IMPORT_STAYS_USED ELSE 0 END, CASE WHEN EXISTS (SELECT 1
		FROM opt_out_witness w
		WHERE w.record_id = p.id AND w.entity = p.entity)
	OR EXISTS (SELECT 1 FROM email e JOIN bridge_member m
		ON m.email_hash = e.hash
		WHERE e.record_id = p.id AND e.entity = p.entity)
	OR (p.entity = :ENTITY_PERSON AND EXISTS (SELECT 1
		FROM campaign_recipient c WHERE c.person_id = p.id))
	THEN 1 ELSE 0 END
FROM p ORDER BY p.id;

-- name: import-restorable
-- Of what an import changed: how many nobody changed since. args: import, entity
SELECT COUNT(*) FROM import_change c WHERE c.import_id = ? AND c.entity = ?
	AND (EXISTS (SELECT 1 FROM person p WHERE c.entity = :ENTITY_PERSON
		AND p.id = c.record_id AND p.updated_ms = c.written_ms)
	OR EXISTS (SELECT 1 FROM lead p WHERE c.entity = :ENTITY_LEAD
		AND p.id = c.record_id AND p.updated_ms = c.written_ms)
	OR EXISTS (SELECT 1 FROM company p WHERE c.entity = :ENTITY_COMPANY
		AND p.id = c.record_id AND p.updated_ms = c.written_ms));

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

-- name: import-unmake-unchanged
-- What other imports found. args: JSON ids, entity
DELETE FROM import_unchanged WHERE record_id IN JSON_INTS(?) AND entity = ?;

-- name: import-people-created
-- args: import, after id, limit
SELECT p.id, :ENTITY_PERSON, p.id, NULL, 0, NULL FROM person p
WHERE p.import_id = ? AND p.id > ? AND p.erased_ms IS NULL ORDER BY p.id LIMIT ?;

-- name: import-people-created-count
-- args: import
SELECT COUNT(*) FROM person p WHERE p.import_id = ? AND p.erased_ms IS NULL;

-- name: import-people-created-leads
-- args: import, after id, limit
SELECT p.id, :ENTITY_LEAD, p.id, NULL, 0, NULL FROM lead p
WHERE p.import_id = ? AND p.id > ? AND p.erased_ms IS NULL ORDER BY p.id LIMIT ?;

-- name: import-people-created-leads-count
-- args: import
SELECT COUNT(*) FROM lead p WHERE p.import_id = ? AND p.erased_ms IS NULL;

-- name: import-people-created-companies
-- args: import, after id, limit
SELECT p.id, :ENTITY_COMPANY, p.id, NULL, 0, NULL FROM company p
WHERE p.import_id = ? AND p.id > ? ORDER BY p.id LIMIT ?;

-- name: import-people-created-companies-count
-- args: import
SELECT COUNT(*) FROM company p WHERE p.import_id = ?;

-- name: import-people-updated
-- args: import, after id, limit
SELECT record_id, entity, record_id, before, written_ms, NULL FROM import_change
WHERE import_id = ? AND record_id > ? ORDER BY record_id LIMIT ?;

-- name: import-people-updated-count
-- args: import
SELECT COUNT(*) FROM import_change WHERE import_id = ?;

-- name: import-people-unchanged
-- args: import, after id, limit
SELECT u.record_id, u.entity, u.record_id, NULL, 0, NULL FROM import_unchanged u
WHERE u.import_id = ? AND u.record_id > ? AND NOT EXISTS (SELECT 1
	FROM import_change c WHERE c.import_id = u.import_id
	AND c.entity = u.entity AND c.record_id = u.record_id)
ORDER BY u.record_id LIMIT ?;

-- name: import-people-unchanged-count
-- args: import
SELECT COUNT(*) FROM import_unchanged u
WHERE u.import_id = ? AND NOT EXISTS (SELECT 1
	FROM import_change c WHERE c.import_id = u.import_id
	AND c.entity = u.entity AND c.record_id = u.record_id);

-- name: import-people-already-out
-- Of whom an import says what was known already. args: import, after id, limit
SELECT w.record_id, w.entity, w.record_id, NULL, 0, NULL FROM import_run r
JOIN opt_out_witness w ON w.import_id = r.id AND w.entity = r.entity
WHERE r.id = ? AND w.record_id > ? AND NOT EXISTS (SELECT 1 FROM consent c
	WHERE c.import_id = w.import_id AND c.state = :CONSENT_OPTED_OUT
	AND c.record_id = w.record_id AND c.entity = w.entity)
ORDER BY w.record_id LIMIT ?;

-- name: import-people-already-out-count
-- args: import
SELECT COUNT(*) FROM import_run r
JOIN opt_out_witness w ON w.import_id = r.id AND w.entity = r.entity
WHERE r.id = ? AND NOT EXISTS (SELECT 1 FROM consent c
	WHERE c.import_id = w.import_id AND c.state = :CONSENT_OPTED_OUT
	AND c.record_id = w.record_id AND c.entity = w.entity);

-- name: import-people-sharing
-- Whom an import made at an address that somebody else had, too, when it ended:
-- few are, so addresses that stand twice are found first.
-- args: import, after id, limit
SELECT p.id, :ENTITY_PERSON, p.id, NULL, 0, NULL FROM person p
JOIN import_run r ON r.id = p.import_id
WHERE p.import_id = ? AND p.id > ? AND p.erased_ms IS NULL
	AND p.id IN (SELECT s.record_id FROM email s WHERE s.entity = :ENTITY_PERSON
		AND s.hash IN (SELECT hash FROM email GROUP BY hash HAVING COUNT(*) > 1))
	AND EXISTS (SELECT 1 FROM email a JOIN email b ON b.hash = a.hash
		WHERE a.entity = :ENTITY_PERSON AND a.record_id = p.id
		AND (a.ended_ms IS NULL OR a.ended_ms > r.finished_ms)
		AND (b.ended_ms IS NULL OR b.ended_ms > r.finished_ms)
		AND (r.finished_ms IS NULL OR b.created_ms <= r.finished_ms)
		AND NOT (b.entity = a.entity AND b.record_id = a.record_id))
ORDER BY p.id LIMIT ?;

-- name: import-people-sharing-count
-- args: import
SELECT COUNT(*) FROM person p JOIN import_run r ON r.id = p.import_id
WHERE p.import_id = ? AND p.erased_ms IS NULL
	AND p.id IN (SELECT s.record_id FROM email s WHERE s.entity = :ENTITY_PERSON
		AND s.hash IN (SELECT hash FROM email GROUP BY hash HAVING COUNT(*) > 1))
	AND EXISTS (SELECT 1 FROM email a JOIN email b ON b.hash = a.hash
		WHERE a.entity = :ENTITY_PERSON AND a.record_id = p.id
		AND (a.ended_ms IS NULL OR a.ended_ms > r.finished_ms)
		AND (b.ended_ms IS NULL OR b.ended_ms > r.finished_ms)
		AND (r.finished_ms IS NULL OR b.created_ms <= r.finished_ms)
		AND NOT (b.entity = a.entity AND b.record_id = a.record_id));

-- name: import-people-opted-out
-- args: import, after the row of consent, limit
SELECT id, entity, record_id, NULL, 0, source FROM consent
WHERE import_id = ? AND id > ? AND state = :CONSENT_OPTED_OUT
ORDER BY id LIMIT ?;

-- name: import-people-opted-out-count
-- args: import
SELECT COUNT(*) FROM consent WHERE import_id = ? AND state = :CONSENT_OPTED_OUT;

-- name: import-changes
-- What an import overwrote. args: import, entity, after record, limit
SELECT record_id, before, written_ms FROM import_change
WHERE import_id = ? AND entity = ? AND record_id > ?
ORDER BY record_id LIMIT ?;

-- name: import-untag
-- args: entity, record, tag
DELETE FROM record_tag WHERE entity = ? AND record_id = ? AND tag_id = ?;

-- name: import-opt-outs-alone
-- People whom nothing but an import opts out. args: import
SELECT COUNT(*) FROM opt_out_witness w
WHERE w.import_id = ? AND w.entity <> :ENTITY_COMPANY
	AND NOT EXISTS (SELECT 1 FROM opt_out_witness o
		WHERE o.record_id = w.record_id AND o.entity = w.entity
		AND o.import_id <> w.import_id);

-- name: import-opt-outs-made-people
-- Those of them whom it made. args: import, after id, limit
SELECT w.record_id FROM opt_out_witness w JOIN person p ON p.id = w.record_id
WHERE w.import_id = ? AND w.entity = :ENTITY_PERSON AND w.record_id > ?
	AND p.import_id = w.import_id
	AND NOT EXISTS (SELECT 1 FROM opt_out_witness o
		WHERE o.record_id = w.record_id AND o.entity = w.entity
		AND o.import_id <> w.import_id)
ORDER BY w.record_id LIMIT ?;

-- name: import-opt-outs-made-leads
-- args: import, after id, limit
SELECT w.record_id FROM opt_out_witness w JOIN lead p ON p.id = w.record_id
WHERE w.import_id = ? AND w.entity = :ENTITY_LEAD AND w.record_id > ?
	AND p.import_id = w.import_id
	AND NOT EXISTS (SELECT 1 FROM opt_out_witness o
		WHERE o.record_id = w.record_id AND o.entity = w.entity
		AND o.import_id <> w.import_id)
ORDER BY w.record_id LIMIT ?;

-- name: import-kept-alone
-- Addresses that nobody has, and that nothing else opts out. args: import
SELECT COUNT(*) FROM kept_opt_out k
WHERE k.import_id = ? AND NOT EXISTS (SELECT 1 FROM kept_opt_out o
	WHERE o.hash = k.hash AND o.import_id <> k.import_id);

-- name: import-open-hashes
-- How many of the addresses belong to somebody who is not opted out.
-- args: JSON hashes
SELECT COUNT(DISTINCT a.hash) FROM email a
LEFT JOIN person p ON a.entity = :ENTITY_PERSON AND p.id = a.record_id
LEFT JOIN lead l ON a.entity = :ENTITY_LEAD AND l.id = a.record_id
WHERE a.hash IN JSON_TEXTS(?) AND a.ended_ms IS NULL
	AND COALESCE(p.opted_out, l.opted_out, 1) = 0;

-- name: import-trial-begin
-- Of a database for what is only tried: its own rows get ids that no row copied
-- into it can have. args: first id, four times
INSERT INTO sequence (name, next) VALUES ('person', ?), ('lead', ?),
	('company', ?), ('email', ?)
ON CONFLICT (name) DO UPDATE SET next = excluded.next;

-- name: import-trial-consent
-- The same of what numbers itself. args: first id
INSERT INTO consent (id, entity, record_id, state, source, at_ms)
VALUES (?, 0, 0, 0, '', 0);

-- name: import-trial-tag
-- args: first id
INSERT INTO tag (id, name, name_folded) VALUES (?, '', '');

-- name: import-trial-setting
SELECT key, value FROM setting WHERE key = 'forgotten_key';

-- name: import-trial-tags
SELECT * FROM tag;

-- name: import-trial-sharers
-- Who has an address that one of some people and leads has, these too.
-- args: JSON ids of people, of leads
SELECT DISTINCT b.entity, b.record_id FROM email a
JOIN email b ON b.hash = a.hash AND b.ended_ms IS NULL
WHERE a.ended_ms IS NULL
	AND ((a.entity = :ENTITY_PERSON AND a.record_id IN JSON_INTS(?))
	OR (a.entity = :ENTITY_LEAD AND a.record_id IN JSON_INTS(?)));

-- name: import-trial-employers
-- args: JSON ids of people
SELECT DISTINCT company_id FROM person
WHERE id IN JSON_INTS(?) AND company_id IS NOT NULL;

-- name: import-trial-people
-- args: JSON ids
SELECT * FROM person WHERE id IN JSON_INTS(?);

-- name: import-trial-leads
-- args: JSON ids
SELECT * FROM lead WHERE id IN JSON_INTS(?);

-- name: import-trial-companies
-- args: JSON ids
SELECT * FROM company WHERE id IN JSON_INTS(?);

-- name: import-trial-emails
-- args: JSON ids, entity
SELECT * FROM email WHERE record_id IN JSON_INTS(?) AND entity = ?;

-- name: import-trial-consents
-- The last word of each. args: JSON ids, entity
SELECT * FROM consent WHERE id IN (SELECT MAX(id) FROM consent
	WHERE record_id IN JSON_INTS(?) AND entity = ? GROUP BY record_id);

-- name: import-trial-witnesses
-- args: JSON ids, entity
SELECT * FROM opt_out_witness WHERE record_id IN JSON_INTS(?) AND entity = ?;

-- name: import-trial-record-tags
-- args: JSON ids, entity
SELECT * FROM record_tag WHERE record_id IN JSON_INTS(?) AND entity = ?;

-- name: import-trial-kept
-- args: JSON keyed hashes
SELECT * FROM kept_opt_out WHERE hash IN JSON_TEXTS(?);

-- name: import-forget-counts
-- What a trial that was stopped had counted: it begins anew. args: id
UPDATE import_run SET created = 0, updated = 0, unchanged = 0, refused = 0,
	repeated = 0, refused_opted_out = 0, unclear_opt_outs = 0,
	opted_out = 0, opted_out_before = 0, opt_outs_kept = 0, left_open = 0,
	sharing = 0, opted_out_by_name = 0, yes_unnoted = 0, short_rows = 0
WHERE id = ?;

-- name: import-forget-refused
-- args: import
DELETE FROM import_refused WHERE import_id = ?;
