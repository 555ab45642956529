-- schema: audience
-- Whom users keep from mail by hand, see src/audience/blocked.

-- name: blocked-add
-- args: keyed hash, address, now, by whom
INSERT INTO blocked_address (keyed_hash, address, at_ms, blocked_by)
VALUES (?, ?, ?, ?)
ON CONFLICT (keyed_hash) DO NOTHING;

-- name: blocked-remove
-- args: keyed hash
DELETE FROM blocked_address WHERE keyed_hash = ?;

-- name: blocked-lift
-- Only what somebody entered. args: keyed hash
DELETE FROM suppression WHERE keyed_hash = ? AND reason = 'manual';

-- name: blocked-list
-- args: behind this address, at most
SELECT address, at_ms, blocked_by FROM blocked_address
WHERE address > ? ORDER BY address LIMIT ?;

-- name: blocked-count
SELECT COUNT(*) FROM blocked_address;

-- name: blocked-find
-- Why it is, since when, and by whom if a user did it. args: keyed hash
SELECT s.reason, s.at_ms, COALESCE(b.blocked_by, '')
FROM suppression s LEFT JOIN blocked_address b ON b.keyed_hash = s.keyed_hash
WHERE s.keyed_hash = ?;
