-- schema: audience
-- Columns are read by read_domain() of src/audience/batch/verified_domain.c.

-- name: verified-domain-list
SELECT id, domain, email, code_hash, tries, sent_ms, verified_ms
FROM verified_domain ORDER BY domain;

-- name: verified-domain-lock
-- To be read, or to be changed. args: domain
SELECT id, domain, email, code_hash, tries, sent_ms, verified_ms
FROM verified_domain WHERE domain = ? FOR UPDATE;

-- name: verified-domain-add
-- args: domain, email, hash of the code, now
INSERT INTO verified_domain (domain, email, code_hash, sent_ms)
VALUES (?, ?, ?, ?);

-- name: verified-domain-ask-again
-- One writer: the row was locked by verified-domain-lock, and the new code
-- takes the place of all that was. args: email, hash of the code, now, id
UPDATE verified_domain SET email = ?, code_hash = ?, tries = 0, sent_ms = ?
WHERE id = ?;

-- name: verified-domain-try
-- args: id
UPDATE verified_domain SET tries = tries + 1 WHERE id = ?;

-- name: verified-domain-verify
-- args: now, id
UPDATE verified_domain SET verified_ms = ?, code_hash = NULL WHERE id = ?;

-- name: verified-domain-remove
-- args: domain
DELETE FROM verified_domain WHERE domain = ?;

-- name: verified-domain-forget
-- Somebody was erased. args: address
UPDATE verified_domain SET email = '' WHERE LOWER(email) = ?;
