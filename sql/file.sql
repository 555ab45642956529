-- schema: audience
-- Files: see src/campaign/file/file.h. Columns are read by read_file().

-- name: file-get
-- args: id
SELECT id, hash, name, type, width, height, size_bytes, created_ms, user_id,
	folder_id
FROM file WHERE id = ? FOR UPDATE;

-- name: file-of-source
-- args: source hash
SELECT id, hash, name, type, width, height, size_bytes, created_ms, user_id,
	folder_id
FROM file WHERE source_hash = ?;

-- name: file-list
-- Pictures, newest first. args: below this id, pattern of the folded name,
-- limit
SELECT id, hash, name, type, width, height, size_bytes, created_ms, user_id,
	folder_id
FROM file WHERE id < ? AND type < :FILE_PDF AND name_folded LIKE ? ESCAPE '\'
ORDER BY id DESC LIMIT ?;

-- name: file-count
-- Of pictures. args: pattern
SELECT COUNT(*) FROM file WHERE type < :FILE_PDF AND name_folded LIKE ? ESCAPE '\';

-- name: file-add
-- args: source hash, hash, name, folded name, type, width, height, size, now,
-- user or NULL, folder or NULL
INSERT INTO file (source_hash, hash, name, name_folded, type, width, height,
	size_bytes, created_ms, user_id, folder_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id;

-- name: file-bytes
-- Of all together.
SELECT CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM file;

-- name: file-body-add
-- args: id, base64
INSERT INTO file_body (file_id, base64) VALUES (?, ?);

-- name: file-body-of-hash
-- args: hash
SELECT f.type, b.base64 FROM file f JOIN file_body b ON b.file_id = f.id
WHERE f.hash = ? ORDER BY f.id LIMIT 1;

-- name: file-remove
-- args: id
DELETE FROM file WHERE id = ?;

-- name: file-body-remove
-- args: id
DELETE FROM file_body WHERE file_id = ?;

-- name: file-users
-- Campaigns whose HTML names it, but those that were removed before anybody got
-- them. args: pattern
SELECT hex, settings FROM campaign
WHERE html LIKE ? AND (status <> :CAMPAIGN_ARCHIVED OR send_ms IS NOT NULL)
ORDER BY id DESC LIMIT 100;
