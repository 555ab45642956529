-- schema: crm

-- name: criteria-custom-type
-- The type of a custom field. args: entity, key
SELECT type FROM custom_field WHERE entity = ? AND key = ?;
