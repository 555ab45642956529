-- schema: crm
-- Who says that somebody wants no mail: see src/crm/consent/opt_out_witness.h.

-- name: opt-out-witness-add
-- args: entity, record, import or 0
INSERT INTO opt_out_witness (entity, record_id, import_id) VALUES (?, ?, ?)
ON CONFLICT (record_id, entity, import_id) DO NOTHING;

-- name: opt-out-witness-list
-- The imports, 0 first. args: entity, record
SELECT import_id FROM opt_out_witness WHERE entity = ? AND record_id = ?
ORDER BY import_id;

-- name: opt-out-witness-of-address
-- Of others who have an address. args: hash, entity, record
SELECT DISTINCT w.import_id FROM email a
JOIN opt_out_witness w ON w.entity = a.entity AND w.record_id = a.record_id
WHERE a.hash = ? AND a.ended_ms IS NULL
	AND NOT (a.entity = ? AND a.record_id = ?)
ORDER BY w.import_id;

-- name: opt-out-witness-of-addresses
-- Who says so of addresses. args: JSON hashes
SELECT DISTINCT a.hash, w.import_id FROM email a
JOIN opt_out_witness w ON w.entity = a.entity AND w.record_id = a.record_id
WHERE a.hash IN JSON_TEXTS(?) AND a.ended_ms IS NULL
ORDER BY a.hash, w.import_id;

-- name: opt-out-witness-lock-companies
-- Before it is asked who says so of them. args: JSON ids
SELECT id FROM company WHERE id IN JSON_INTS(?) ORDER BY id FOR UPDATE;

-- name: opt-out-witness-of-companies
-- args: JSON ids
SELECT record_id, import_id FROM opt_out_witness
WHERE entity = :ENTITY_COMPANY AND record_id IN JSON_INTS(?)
ORDER BY record_id, import_id;

-- name: opt-out-witness-remove
-- The person, or a user with a ground, says otherwise. args: entity, record
DELETE FROM opt_out_witness WHERE entity = ? AND record_id = ?;

-- name: opt-out-witness-remove-one
-- args: entity, record, import
DELETE FROM opt_out_witness
WHERE entity = ? AND record_id = ? AND import_id = ?;

-- name: opt-out-witness-sharers
-- An import says it again of records: so it does of those who share an address
-- and are out, too. args: import, entity, JSON ids
INSERT INTO opt_out_witness (entity, record_id, import_id)
SELECT DISTINCT w.entity, w.record_id, CAST(? AS BIGINT) FROM email a
JOIN email b ON b.hash = a.hash AND b.ended_ms IS NULL
JOIN opt_out_witness w ON w.entity = b.entity AND w.record_id = b.record_id
WHERE a.entity = ? AND a.record_id IN JSON_INTS(?) AND a.ended_ms IS NULL
ON CONFLICT (record_id, entity, import_id) DO NOTHING;

-- name: opt-out-witness-employees
-- People of companies who are out. args: JSON ids
SELECT id FROM person WHERE company_id IN JSON_INTS(?) AND +opted_out = 1
ORDER BY id;

-- name: opt-out-witness-page
-- What an import says. args: import, limit
SELECT entity, record_id FROM opt_out_witness WHERE import_id = ?
ORDER BY entity, record_id LIMIT ?;
