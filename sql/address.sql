-- schema: crm
-- Addresses of people and leads. Columns of the -load queries: see read_row()
-- in src/crm/address.c.

-- name: address-load
-- Live ones of records of a kind. args: entity, JSON record ids
SELECT id, entity, record_id, address, folded, hash, type, is_primary,
	is_marketing, held, held_detail, held_ms, created_ms, ended_ms,
	CASE WHEN EXISTS (SELECT 1 FROM unclear_opt_out u
		WHERE u.hash = e.hash) THEN 1 ELSE 0 END
FROM email e
WHERE entity = ? AND record_id IN JSON_INTS(?) AND ended_ms IS NULL
ORDER BY record_id, id FOR UPDATE OF e;

-- name: address-records
-- Who has the address now. args: hash, entity
SELECT DISTINCT record_id FROM email
WHERE hash = ? AND entity = ? AND ended_ms IS NULL
ORDER BY record_id;

-- name: address-holders
-- The same for every kind: entity, record. args: hash
SELECT DISTINCT entity, record_id FROM email
WHERE hash = ? AND ended_ms IS NULL
ORDER BY entity, record_id;

-- name: address-lock-people-around
-- A person, who shares an address with them, and who has one of these.
-- args: person, person, JSON hashes
SELECT id FROM person
WHERE id IN (SELECT CAST(? AS BIGINT)
	 UNION
	SELECT b.record_id FROM email a
	JOIN email b ON b.hash = a.hash AND +b.entity = :ENTITY_PERSON
		AND b.ended_ms IS NULL
	WHERE a.entity = :ENTITY_PERSON AND a.record_id = ?
		AND a.ended_ms IS NULL
	 UNION
	SELECT record_id FROM email
	WHERE hash IN JSON_TEXTS(?) AND +entity = :ENTITY_PERSON
		AND ended_ms IS NULL)
ORDER BY id FOR UPDATE;

-- name: address-had
-- The same, and who had it at a time, of those who are there still; the address.
-- args: hash, at
SELECT e.entity, e.record_id, MAX(e.id) FROM email e
LEFT JOIN person p ON e.entity = :ENTITY_PERSON AND p.id = e.record_id
	AND p.erased_ms IS NULL
LEFT JOIN lead l ON e.entity = :ENTITY_LEAD AND l.id = e.record_id
	AND l.erased_ms IS NULL
WHERE e.hash = ? AND (e.ended_ms IS NULL OR e.ended_ms > ?)
	AND (p.id IS NOT NULL OR l.id IS NOT NULL)
GROUP BY e.entity, e.record_id ORDER BY e.entity, e.record_id;

-- name: address-add
-- args: all columns but ended_ms
INSERT INTO email (id, entity, record_id, address, folded, hash, type,
	is_primary, is_marketing, held, held_detail, held_ms, created_ms, plain)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: address-end
-- args: now, id
UPDATE email SET ended_ms = ?, is_primary = 0, is_marketing = 0
WHERE id = ?;

-- name: address-hold
-- One writer: what is said now replaces what was said. args: held, detail, ms, hash, held
UPDATE email SET held = ?, held_detail = ?, held_ms = ?
WHERE hash = ? AND ended_ms IS NULL AND held <> ?;

-- name: address-release
-- A user does, of whoever has it: a hold is of the address. args: hash
UPDATE email SET held = :HELD_NO, held_detail = NULL, held_ms = NULL
WHERE hash = ? AND ended_ms IS NULL AND held <> :HELD_NO;

-- name: address-release-bounced
-- Not one that a user holds. args: hash
UPDATE email SET held = :HELD_NO, held_detail = NULL, held_ms = NULL
WHERE hash = ? AND ended_ms IS NULL AND held IN (:HELD_HARD_BOUNCE, :HELD_SOFT_BOUNCES);

-- name: address-of-person
-- The marketing address as it is stored. args: person
SELECT email_id FROM person WHERE id = ? FOR UPDATE;

-- name: address-of-lead
-- args: lead
SELECT email_id FROM lead WHERE id = ? FOR UPDATE;

-- name: address-choose-person
-- args: email or NULL, now, person
UPDATE person SET email_id = ?, updated_ms = ? WHERE id = ?;

-- name: address-choose-lead
-- args: email or NULL, now, lead
UPDATE lead SET email_id = ?, updated_ms = ? WHERE id = ?;

-- name: address-forgotten
-- Is there an erased address with that keyed hash? args: hash
SELECT 1 FROM email WHERE hash = ? LIMIT 1;

-- name: address-lock-people
-- Who has the address, before their consent is looked at. args: hash
SELECT p.id FROM email a JOIN person p ON p.id = a.record_id
WHERE a.hash = ? AND a.entity = :ENTITY_PERSON AND a.ended_ms IS NULL
ORDER BY p.id FOR UPDATE OF p;

-- name: address-lock-leads
-- args: hash
SELECT l.id FROM email a JOIN lead l ON l.id = a.record_id
WHERE a.hash = ? AND a.entity = :ENTITY_LEAD AND a.ended_ms IS NULL
ORDER BY l.id FOR UPDATE OF l;

-- name: address-shared
-- Those of some records who share an address with another. args: entity, JSON
-- record ids
SELECT DISTINCT a.record_id FROM email a
JOIN email b ON b.hash = a.hash AND b.ended_ms IS NULL
	AND NOT (b.entity = a.entity AND b.record_id = a.record_id)
WHERE a.entity = ? AND a.record_id IN JSON_INTS(?) AND a.ended_ms IS NULL
ORDER BY a.record_id;

-- name: address-sharers
-- Others who share an address with a record, of whom an opt-out was not said
-- yet. args: entity, record, the first of its addresses that counts, entity,
-- record, import or 0
SELECT DISTINCT b.entity, b.record_id, b.id FROM email a
JOIN email b ON b.hash = a.hash AND b.ended_ms IS NULL
LEFT JOIN person p ON b.entity = :ENTITY_PERSON AND p.id = b.record_id
LEFT JOIN lead l ON b.entity = :ENTITY_LEAD AND l.id = b.record_id
WHERE a.entity = ? AND a.record_id = ? AND a.ended_ms IS NULL
	AND +a.id >= ? AND NOT (b.entity = ? AND b.record_id = ?)
	AND (p.id IS NOT NULL OR l.id IS NOT NULL)
	AND NOT EXISTS (SELECT 1 FROM opt_out_witness w
		WHERE w.record_id = b.record_id AND w.entity = b.entity
		AND w.import_id = ?);
