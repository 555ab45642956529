-- schema: audience
-- Folders: see src/campaign/folder.h. Columns are read by read_folder().

-- name: folder-list
-- Oldest first. args: kind, since_ms, before_ms, user (0: any), the same,
-- limit, offset
SELECT f.id, f.hex, f.name, f.user_id, f.created_ms,
	CASE f.kind
	WHEN :FOLDER_CAMPAIGNS THEN (SELECT COUNT(*) FROM campaign c
		WHERE c.folder_id = f.id AND c.status <> :CAMPAIGN_ARCHIVED)
	WHEN :FOLDER_TEMPLATES THEN (SELECT COUNT(*) FROM template t
		WHERE t.folder_id = f.id)
	ELSE (SELECT COUNT(*) FROM file i WHERE i.folder_id = f.id) END
FROM folder f
WHERE f.kind = ? AND f.created_ms > ? AND f.created_ms < ?
	AND (CAST(? AS BIGINT) = 0 OR f.user_id = ?)
ORDER BY f.id LIMIT ? OFFSET ?;

-- name: folder-count
-- args: kind, since_ms, before_ms, user (0: any), the same
SELECT COUNT(*) FROM folder
WHERE kind = ? AND created_ms > ? AND created_ms < ?
	AND (CAST(? AS BIGINT) = 0 OR user_id = ?);

-- name: folder-get
-- args: kind, hex
SELECT f.id, f.hex, f.name, f.user_id, f.created_ms,
	CASE f.kind
	WHEN :FOLDER_CAMPAIGNS THEN (SELECT COUNT(*) FROM campaign c
		WHERE c.folder_id = f.id AND c.status <> :CAMPAIGN_ARCHIVED)
	WHEN :FOLDER_TEMPLATES THEN (SELECT COUNT(*) FROM template t
		WHERE t.folder_id = f.id)
	ELSE (SELECT COUNT(*) FROM file i WHERE i.folder_id = f.id) END
FROM folder f WHERE f.kind = ? AND f.hex = ? FOR UPDATE OF f;

-- name: folder-get-by-id
-- args: kind, id
SELECT f.id, f.hex, f.name, f.user_id, f.created_ms,
	CASE f.kind
	WHEN :FOLDER_CAMPAIGNS THEN (SELECT COUNT(*) FROM campaign c
		WHERE c.folder_id = f.id AND c.status <> :CAMPAIGN_ARCHIVED)
	WHEN :FOLDER_TEMPLATES THEN (SELECT COUNT(*) FROM template t
		WHERE t.folder_id = f.id)
	ELSE (SELECT COUNT(*) FROM file i WHERE i.folder_id = f.id) END
FROM folder f WHERE +f.kind = ? AND f.id = ? FOR UPDATE OF f;

-- name: folder-lock
-- args: kind, hex
SELECT id FROM folder WHERE kind = ? AND hex = ? FOR UPDATE;

-- name: folder-lock-by-id
-- args: kind, id
SELECT id FROM folder WHERE +kind = ? AND id = ? FOR UPDATE;

-- name: folder-add
-- args: hex, kind, name, user or NULL, now
INSERT INTO folder (hex, kind, name, user_id, created_ms)
VALUES (?, ?, ?, ?, ?) RETURNING id;

-- name: folder-remove
-- args: id
DELETE FROM folder WHERE id = ?;

-- name: folder-empty-campaigns
-- args: id
UPDATE campaign SET folder_id = NULL WHERE folder_id = ?;

-- name: folder-empty-templates
-- args: id
UPDATE template SET folder_id = NULL WHERE folder_id = ?;

-- name: folder-empty-files
-- args: id
UPDATE file SET folder_id = NULL WHERE folder_id = ?;
