-- schema: crm

-- name: export-company-names
-- args: JSON ids
SELECT id, name FROM company WHERE id IN JSON_INTS(?) ORDER BY id;
