-- schema: crm

-- name: audit-add
-- args: at, user, actor, action, entity, record, detail
INSERT INTO audit_log (at_ms, user_id, actor, action, entity, record_id, detail)
VALUES (?, ?, ?, ?, ?, ?, ?);
