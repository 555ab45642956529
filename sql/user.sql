-- schema: crm
-- Users, sessions, keys. Columns of the user queries: see read_row() in
-- src/crm/user/user.c.

-- name: user-get
-- args: id
SELECT id, email, name, role, may_send, CASE WHEN password_hash IS NULL THEN 0 ELSE 1 END, disabled_ms,
	created_ms, updated_ms
FROM app_user WHERE id = ? FOR UPDATE;

-- name: user-find
-- args: hash of the address
SELECT id, email, name, role, may_send, CASE WHEN password_hash IS NULL THEN 0 ELSE 1 END, disabled_ms,
	created_ms, updated_ms
FROM app_user WHERE email_hash = ?;

-- name: user-list
SELECT id, email, name, role, may_send, CASE WHEN password_hash IS NULL THEN 0 ELSE 1 END, disabled_ms,
	created_ms, updated_ms
FROM app_user ORDER BY id;

-- name: user-password
-- args: id
SELECT password_hash FROM app_user WHERE id = ?;

-- name: user-able-administrators
-- Those who can sign in; nobody else may take the last one away meanwhile.
SELECT id FROM app_user
WHERE role = :ROLE_ADMINISTRATOR AND disabled_ms IS NULL AND password_hash IS NOT NULL
ORDER BY id FOR UPDATE;

-- name: user-add
-- args: email, hash, name, role, may_send, password, created, updated
INSERT INTO app_user (email, email_hash, name, role, may_send, password_hash,
	created_ms, updated_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
RETURNING id;

-- name: user-remove
-- args: id
DELETE FROM app_user WHERE id = ?;

-- name: user-remove-keys
-- A key does not outlive its user. args: now, user
UPDATE api_key SET revoked_ms = ? WHERE user_id = ? AND revoked_ms IS NULL;

-- name: setup-consume
-- args: hash of the token
UPDATE setting SET value = NULL WHERE key = 'setup_token' AND value = ?;

-- name: session-add
-- args: token hash, user, csrf, ip, created, used, expires
INSERT INTO session (token_hash, user_id, csrf, ip, created_ms, used_ms,
	expires_ms)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: session-find
-- args: token hash, now
SELECT s.user_id, s.csrf, s.created_ms, s.used_ms, u.role, u.may_send, u.name, s.expires_ms
FROM session s JOIN app_user u ON u.id = s.user_id
WHERE s.token_hash = ? AND s.expires_ms > ? AND u.disabled_ms IS NULL;

-- name: session-use
-- Another process may have written a later use. args: used, expires, token
-- hash, used
UPDATE session SET used_ms = ?, expires_ms = ?
WHERE token_hash = ? AND used_ms < ?;

-- name: session-remove
-- args: token hash
DELETE FROM session WHERE token_hash = ?;

-- name: session-remove-of-user
-- All but one. args: user, token hash of the one ('': none)
DELETE FROM session WHERE user_id = ? AND token_hash <> ?;

-- name: session-sweep
-- args: now
DELETE FROM session WHERE expires_ms <= ?;

-- name: sign-in-nth-failure
-- The nth newest. args: subject, since, n - 1
SELECT at_ms FROM sign_in_failure WHERE subject = ? AND at_ms > ?
ORDER BY at_ms DESC LIMIT 1 OFFSET ?;

-- name: sign-in-fail
-- args: subject, at
INSERT INTO sign_in_failure (subject, at_ms) VALUES (?, ?);

-- name: sign-in-forgive
-- Failures of a subject from some time on. args: subject, since
DELETE FROM sign_in_failure WHERE subject = ? AND at_ms >= ?;

-- name: sign-in-sweep
-- args: before
DELETE FROM sign_in_failure WHERE at_ms < ?;

-- name: api-key-add
-- args: name, hash, hint, role, may_send, user, created
INSERT INTO api_key (name, key_hash, hint, role, may_send, user_id, created_ms)
VALUES (?, ?, ?, ?, ?, ?, ?)
RETURNING id;

-- name: api-key-find
-- A key with its user as they are now. args: hash
SELECT k.id, k.name, k.role, k.may_send, k.user_id, k.used_ms, u.id, u.role,
	u.may_send, u.disabled_ms
FROM api_key k LEFT JOIN app_user u ON u.id = k.user_id
WHERE k.key_hash = ? AND k.revoked_ms IS NULL;

-- name: api-key-rights
-- The same by its id, if it is not revoked. args: id
SELECT k.id, k.name, k.role, k.may_send, k.user_id, k.used_ms, u.id, u.role,
	u.may_send, u.disabled_ms
FROM api_key k LEFT JOIN app_user u ON u.id = k.user_id
WHERE k.id = ? AND k.revoked_ms IS NULL;

-- name: api-key-of-order
-- args: id
SELECT name, user_id, revoked_ms FROM api_key WHERE id = ?;

-- name: api-key-use
-- As session-use. args: used, id, used
UPDATE api_key SET used_ms = ?
WHERE id = ? AND (used_ms IS NULL OR used_ms < ?);

-- name: api-key-list
SELECT id, name, hint, role, may_send, user_id, created_ms, used_ms, revoked_ms
FROM api_key ORDER BY id;

-- name: api-key-exists
-- args: id
SELECT 1 FROM api_key WHERE id = ?;

-- name: api-key-revoke
-- args: now, id
UPDATE api_key SET revoked_ms = ? WHERE id = ? AND revoked_ms IS NULL;
