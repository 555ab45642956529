-- schema: crm
-- Notes and tasks of records. Both are read as: kind, id, entity, record, text,
-- due, done, user, created, updated.

-- name: note-add
-- args: entity, record, body, user, created, updated
INSERT INTO note (entity, record_id, body, user_id, created_ms, updated_ms)
VALUES (?, ?, ?, ?, ?, ?)
RETURNING id;

-- name: note-remove
-- args: id
DELETE FROM note WHERE id = ?;

-- name: note-get
-- args: id
SELECT :MEMO_NOTE, id, entity, record_id, body, NULL, NULL, user_id,
	created_ms, updated_ms
FROM note WHERE id = ? FOR UPDATE;

-- name: note-list
-- args: record, entity, before id, limit
SELECT :MEMO_NOTE, id, entity, record_id, body, NULL, NULL, user_id,
	created_ms, updated_ms
FROM note WHERE record_id = ? AND entity = ? AND id < ?
ORDER BY id DESC LIMIT ?;

-- name: note-count
-- args: record, entity
SELECT COUNT(*) FROM note WHERE record_id = ? AND entity = ?;

-- name: task-add
-- args: entity, record, title, user, created, updated, due, done
INSERT INTO task (entity, record_id, title, user_id, created_ms, updated_ms,
	due_ms, done_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
RETURNING id;

-- name: task-remove
-- args: id
DELETE FROM task WHERE id = ?;

-- name: task-get
-- args: id
SELECT :MEMO_TASK, id, entity, record_id, title, due_ms, done_ms, user_id,
	created_ms, updated_ms
FROM task WHERE id = ? FOR UPDATE;

-- name: task-list
-- args: record, entity, before id, limit
SELECT :MEMO_TASK, id, entity, record_id, title, due_ms, done_ms, user_id,
	created_ms, updated_ms
FROM task WHERE record_id = ? AND entity = ? AND id < ?
ORDER BY id DESC LIMIT ?;

-- name: task-count
-- args: record, entity
SELECT COUNT(*) FROM task WHERE record_id = ? AND entity = ?;
