-- schema: crm
-- Views: see src/crm/browse/view.h. Columns are read by read_view().

-- name: view-list
-- Somebody's own and the shared ones, by name. args: entity, user
SELECT v.id, v.user_id, u.name, v.entity, v.name, v.q, v.filter, v.sort,
	v.columns, v.shared, v.created_ms, v.updated_ms
FROM saved_view v LEFT JOIN app_user u ON u.id = v.user_id
WHERE v.entity = ? AND (v.shared = 1 OR v.user_id = ?)
ORDER BY v.name_folded, v.id;

-- name: view-get
-- args: id
SELECT v.id, v.user_id, u.name, v.entity, v.name, v.q, v.filter, v.sort,
	v.columns, v.shared, v.created_ms, v.updated_ms
FROM saved_view v LEFT JOIN app_user u ON u.id = v.user_id
WHERE v.id = ? FOR UPDATE OF v;

-- name: view-count
-- args: user
SELECT COUNT(*) FROM saved_view WHERE user_id = ?;

-- name: view-add
-- args: user, entity, name, folded, q, filter, sort, columns, shared, at, at
INSERT INTO saved_view (user_id, entity, name, name_folded, q, filter, sort,
	columns, shared, created_ms, updated_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id;

-- name: view-remove
-- args: id
DELETE FROM saved_view WHERE id = ?;

-- name: view-remove-of-user
-- Those that nobody else can see. args: user
DELETE FROM saved_view WHERE user_id = ? AND shared = 0;
