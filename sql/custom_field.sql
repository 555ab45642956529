-- schema: crm

-- name: custom-field-list
-- args: entity (0: all), entity
SELECT id, entity, key, label, type, choices, created_ms FROM custom_field
WHERE ? = 0 OR entity = ?
ORDER BY entity, id;

-- name: custom-field-get
-- args: id
SELECT id, entity, key, label, type, choices, created_ms FROM custom_field
WHERE id = ? FOR UPDATE;

-- name: custom-field-add
-- args: entity, key, label, type, choices, created
INSERT INTO custom_field (entity, key, label, type, choices, created_ms)
VALUES (?, ?, ?, ?, ?, ?)
RETURNING id;

-- name: custom-field-remove
-- args: id
DELETE FROM custom_field WHERE id = ?;
