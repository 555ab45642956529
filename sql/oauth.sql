-- schema: crm
-- Programs of others, see src/crm/user/oauth.h.

-- name: oauth-app-add
-- args: client_id, secret_hash, name, redirect_uri, created_ms
INSERT INTO oauth_app (client_id, secret_hash, name, redirect_uri, created_ms)
VALUES (?, ?, ?, ?, ?) RETURNING id;

-- name: oauth-app-list
SELECT a.id, a.client_id, a.name, a.redirect_uri, a.created_ms,
       (SELECT COUNT(*) FROM api_key k WHERE k.app_id = a.id AND k.revoked_ms IS NULL)
  FROM oauth_app a ORDER BY a.id;

-- name: oauth-app-find
-- args: client_id
SELECT a.id, a.client_id, a.name, a.redirect_uri, a.created_ms, 0
  FROM oauth_app a WHERE a.client_id = ?;

-- name: oauth-app-sign-in
-- args: client_id, secret_hash
SELECT a.id, a.client_id, a.name, a.redirect_uri, a.created_ms, 0
  FROM oauth_app a WHERE a.client_id = ? AND a.secret_hash = ?;

-- name: oauth-app-remove
-- args: id
DELETE FROM oauth_app WHERE id = ?;

-- name: oauth-app-remove-codes
-- args: app
DELETE FROM oauth_code WHERE app_id = ?;

-- name: oauth-app-revoke
-- All that it was given. args: now, app
UPDATE api_key SET revoked_ms = ? WHERE app_id = ? AND revoked_ms IS NULL;

-- name: oauth-code-add
-- args: code_hash, app, user, expires_ms
INSERT INTO oauth_code (code_hash, app_id, user_id, expires_ms) VALUES (?, ?, ?, ?);

-- name: oauth-code-take
-- It is good once. args: code_hash, app
DELETE FROM oauth_code WHERE code_hash = ? AND app_id = ? RETURNING user_id, expires_ms;

-- name: oauth-code-expire
-- args: now
DELETE FROM oauth_code WHERE expires_ms < ?;

-- name: oauth-key-of
-- args: app, key
UPDATE api_key SET app_id = ? WHERE id = ?;

-- name: oauth-app-users
-- Who has let it in, by their address. args: app
SELECT DISTINCT u.email FROM api_key k JOIN app_user u ON u.id = k.user_id
 WHERE k.app_id = ? AND k.revoked_ms IS NULL ORDER BY u.email;
