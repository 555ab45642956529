-- schema: crm
-- Opt-outs of addresses that nobody has: see src/crm/consent/kept_opt_out.h.

-- name: kept-opt-out-put
-- An earlier one stays as it is; but a complaint says more than an unsubscribe.
-- args: keyed hash, source, import or 0, at
INSERT INTO kept_opt_out (hash, kind, source, import_id, at_ms)
VALUES (?, 'opted_out', ?, ?, ?)
ON CONFLICT (hash, import_id) DO UPDATE SET source = excluded.source
WHERE kept_opt_out.source = 'audience' AND excluded.source = 'complaint';

-- name: kept-opt-out-find
-- args: keyed hash
SELECT kind, source, at_ms FROM kept_opt_out WHERE hash = ?
ORDER BY import_id LIMIT 1;

-- name: kept-opt-out-witnesses
-- args: keyed hash
SELECT import_id FROM kept_opt_out WHERE hash = ? ORDER BY import_id;

-- name: kept-opt-out-find-all
-- args: JSON keyed hashes
SELECT hash, source, at_ms FROM kept_opt_out WHERE hash IN JSON_TEXTS(?)
ORDER BY hash, import_id;

-- name: kept-opt-out-remove
-- args: keyed hash
DELETE FROM kept_opt_out WHERE hash = ?;

-- name: kept-opt-out-remove-one
-- args: keyed hash, import or 0
DELETE FROM kept_opt_out WHERE hash = ? AND import_id = ?;

-- name: kept-opt-out-remove-told
-- An unsubscribe in the audience; no complaint. args: keyed hash
DELETE FROM kept_opt_out WHERE hash = ? AND import_id = 0 AND source = 'audience';

-- name: kept-opt-out-remove-import
-- What an import said that is taken back. args: import
DELETE FROM kept_opt_out WHERE import_id = ?;

-- name: kept-opt-out-addresses
-- The live addresses of a record. args: entity, record
SELECT folded FROM email
WHERE entity = ? AND record_id = ? AND ended_ms IS NULL ORDER BY id;

-- name: kept-opt-out-left-addresses
-- Addresses that records had and nobody has now. args: entity, JSON record ids
SELECT e.folded FROM email e
WHERE e.entity = ? AND e.record_id IN JSON_INTS(?) AND e.ended_ms IS NOT NULL
	AND e.folded <> '' AND NOT EXISTS (SELECT 1 FROM email o
		WHERE o.hash = e.hash AND o.ended_ms IS NULL)
ORDER BY e.id;
