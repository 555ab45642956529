-- schema: audience
-- Templates: see src/campaign/template/template.h. Columns are read by
-- read_template().

-- name: template-page
-- args: before_id, limit
SELECT id, name, about, design, user_id, created_ms, updated_ms
FROM template WHERE id < ? ORDER BY id DESC LIMIT ?;

-- name: template-get
-- args: id
SELECT id, name, about, design, user_id, created_ms, updated_ms
FROM template WHERE id = ? FOR UPDATE;

-- name: template-count
SELECT COUNT(*) FROM template;

-- name: template-add
-- args: name, about, design, user_id, created_ms, updated_ms
INSERT INTO template (name, about, design, user_id, created_ms, updated_ms)
VALUES (?, ?, ?, ?, ?, ?) RETURNING id;

-- name: template-remove
-- args: id
DELETE FROM template WHERE id = ?;
