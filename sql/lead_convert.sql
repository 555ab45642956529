-- schema: crm

-- name: convert-tags
-- args: person, lead
INSERT INTO record_tag (entity, record_id, tag_id)
SELECT 1, CAST(? AS BIGINT), tag_id FROM record_tag
WHERE entity = :ENTITY_LEAD AND record_id = ?
ON CONFLICT (entity, record_id, tag_id) DO NOTHING;

-- name: convert-notes
-- args: person, lead
UPDATE note SET entity = :ENTITY_PERSON, record_id = ? WHERE entity = :ENTITY_LEAD AND record_id = ?;

-- name: convert-tasks
-- args: person, lead
UPDATE task SET entity = :ENTITY_PERSON, record_id = ? WHERE entity = :ENTITY_LEAD AND record_id = ?;

-- name: convert-links
-- args: person, lead
INSERT INTO communication_link (entity, record_id, communication_id)
SELECT 1, CAST(? AS BIGINT), communication_id FROM communication_link
WHERE entity = :ENTITY_LEAD AND record_id = ?
ON CONFLICT (entity, record_id, communication_id) DO NOTHING;
