-- schema: audience
-- Templates: see src/campaign/template/template.h. Columns are read by
-- read_template().

-- name: template-page
-- args: kind, before_id, limit
SELECT id, name, about, design, user_id, created_ms, updated_ms, kind, html,
	is_responsive, editor_id, folder_id, (SELECT f.hex FROM folder f
		WHERE f.id = template.folder_id)
FROM template WHERE kind = ? AND id < ? ORDER BY id DESC LIMIT ?;

-- name: template-get
-- args: id
SELECT t.id, t.name, t.about, t.design, t.user_id, t.created_ms, t.updated_ms,
	t.kind, t.html, t.is_responsive, t.editor_id, t.folder_id,
	(SELECT f.hex FROM folder f WHERE f.id = t.folder_id)
FROM template t WHERE t.id = ? FOR UPDATE OF t;

-- name: template-count
-- args: kind
SELECT COUNT(*) FROM template WHERE kind = ?;

-- name: template-add
-- args: name, about, design, user_id, created_ms, updated_ms, kind, html,
-- is_responsive, editor_id, folder_id
INSERT INTO template (name, about, design, user_id, created_ms, updated_ms,
	kind, html, is_responsive, editor_id, folder_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id;

-- name: template-remove
-- args: id
DELETE FROM template WHERE id = ?;
