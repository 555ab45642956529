-- schema: crm
-- Tests of campaigns: see src/crm/campaign/test_mail.h.

-- name: test-mail-lock
-- Who asks twice at once waits. args: user
SELECT id FROM app_user WHERE id = ? FOR UPDATE;

-- name: test-mail-nth
-- When the user asked for the nth last test since then. args: user, since_ms,
-- n - 1
SELECT created_ms FROM job
 WHERE kind = 'campaign-test' AND COALESCE(user_id, 0) = ? AND created_ms > ?
 ORDER BY created_ms DESC LIMIT 1 OFFSET ?;
