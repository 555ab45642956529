-- schema: crm

-- name: criteria-custom-type
-- The type of a custom field. args: entity, key
SELECT type FROM custom_field WHERE entity = ? AND key = ?;

-- name: criteria-has-company
-- args: id
SELECT 1 FROM company WHERE id = ?;

-- name: criteria-has-import
-- args: id
SELECT 1 FROM import_run WHERE id = ?;

-- name: criteria-has-campaign
-- args: id
SELECT 1 FROM campaign WHERE id = ?;

-- name: criteria-group
-- A group that is referred to. args: id
SELECT name, entity, kind, criteria FROM crm_group
WHERE id = ? AND (kind = :GROUP_DYNAMIC OR evaluated_ms IS NOT NULL);
