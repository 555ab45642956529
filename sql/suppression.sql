-- schema: audience

-- name: suppression-add
-- args: keyed hash, reason, now
INSERT INTO suppression (keyed_hash, reason, at_ms) VALUES (?, ?, ?)
ON CONFLICT (keyed_hash) DO NOTHING;

-- name: suppression-among
-- args: JSON array of keyed hashes
SELECT keyed_hash FROM suppression WHERE keyed_hash IN JSON_TEXTS(?);

-- name: suppression-any
SELECT 1 FROM suppression LIMIT 1;

-- name: forgotten-add
-- args: list, keyed hash, now
INSERT INTO forgotten (list_id, keyed_hash, at_ms) VALUES (?, ?, ?)
ON CONFLICT (list_id, keyed_hash) DO NOTHING;

-- name: forgotten-among
-- args: list, JSON array of keyed hashes
SELECT keyed_hash FROM forgotten
WHERE list_id = ? AND keyed_hash IN JSON_TEXTS(?);

-- name: forgotten-any
-- args: list
SELECT 1 FROM forgotten WHERE list_id = ? LIMIT 1;

-- name: consent-of
-- What a mail to these members depends on; status 0: forgotten; last, whether
-- anybody at all is suppressed. args: JSON array of member ids
SELECT id, CASE WHEN list_id < 0 THEN 0 ELSE status END, address,
	CASE WHEN EXISTS (SELECT 1 FROM suppression) THEN 1 ELSE 0 END
FROM member WHERE id IN JSON_INTS(?) ORDER BY id;

-- name: suppression-reason
-- args: keyed hash
SELECT reason FROM suppression WHERE keyed_hash = ?;

-- name: suppression-lift
-- What a contact caused may be lifted by its own word; what somebody entered
-- stays. args: keyed hash
DELETE FROM suppression WHERE keyed_hash = ?
	AND reason IN ('complaint', 'erasure');
