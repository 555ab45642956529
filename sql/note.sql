-- schema: crm
-- Notes and tasks of records.

-- name: note-add
-- args: entity, record, body, user, created, updated
INSERT INTO note (entity, record_id, body, user_id, created_ms, updated_ms)
VALUES (?, ?, ?, ?, ?, ?)
RETURNING id;

-- name: note-update
-- args: body, updated, id
UPDATE note SET body = ?, updated_ms = ? WHERE id = ?;

-- name: note-remove
-- args: id
DELETE FROM note WHERE id = ?;

-- name: note-get
-- args: id
SELECT id, entity, record_id, body, user_id, created_ms, updated_ms FROM note
WHERE id = ?;

-- name: note-list
-- args: record, entity, before id, limit
SELECT id, entity, record_id, body, user_id, created_ms, updated_ms FROM note
WHERE record_id = ? AND entity = ? AND id < ?
ORDER BY id DESC LIMIT ?;

-- name: note-count
-- args: record, entity
SELECT COUNT(*) FROM note WHERE record_id = ? AND entity = ?;

-- name: task-add
-- args: entity, record, title, due, done, user, created, updated
INSERT INTO task (entity, record_id, title, due_ms, done_ms, user_id,
	created_ms, updated_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
RETURNING id;

-- name: task-remove
-- args: id
DELETE FROM task WHERE id = ?;

-- name: task-get
-- args: id
SELECT id, entity, record_id, title, due_ms, done_ms, user_id, created_ms,
	updated_ms
FROM task WHERE id = ? FOR UPDATE;

-- name: task-list
-- args: record, entity, before id, limit
SELECT id, entity, record_id, title, due_ms, done_ms, user_id, created_ms,
	updated_ms
FROM task WHERE record_id = ? AND entity = ? AND id < ?
ORDER BY id DESC LIMIT ?;

-- name: task-count
-- args: record, entity
SELECT COUNT(*) FROM task WHERE record_id = ? AND entity = ?;
