-- schema: crm
-- Tags that users put on records.

-- name: tag-list
SELECT t.id, t.name, (SELECT COUNT(*) FROM record_tag r WHERE r.tag_id = t.id)
FROM tag t ORDER BY t.name_folded;

-- name: tag-add
-- Nothing happens if it is there. args: name, folded
INSERT INTO tag (name, name_folded) VALUES (?, ?)
ON CONFLICT (name_folded) DO NOTHING;

-- name: tag-find
-- args: folded
SELECT id FROM tag WHERE name_folded = ?;

-- name: tag-rename
-- args: name, folded, id
UPDATE tag SET name = ?, name_folded = ? WHERE id = ?;

-- name: tag-remove-records
-- args: id
DELETE FROM record_tag WHERE tag_id = ?;

-- name: tag-remove
-- args: id
DELETE FROM tag WHERE id = ?;

-- name: tag-of-records
-- args: entity, JSON record ids
SELECT r.record_id, t.name FROM record_tag r JOIN tag t ON t.id = r.tag_id
WHERE r.entity = ? AND r.record_id IN JSON_INTS(?)
ORDER BY r.record_id, t.name_folded;

-- name: tag-clear
-- args: entity, record
DELETE FROM record_tag WHERE entity = ? AND record_id = ?;

-- name: tag-on
-- args: entity, record, tag
INSERT INTO record_tag (entity, record_id, tag_id) VALUES (?, ?, ?)
ON CONFLICT (entity, record_id, tag_id) DO NOTHING;

-- name: tag-off-all
-- args: entity, JSON record ids, folded
DELETE FROM record_tag
WHERE entity = ? AND record_id IN JSON_INTS(?)
	AND +tag_id IN (SELECT id FROM tag WHERE name_folded = ?);
