-- schema: audience

-- name: merge-field-list
-- Fields of a list, by tag. args: list
SELECT merge_id, tag, name, type, required, default_value, is_public,
	display_order, options, help_text
FROM merge_field WHERE list_id = ? ORDER BY tag;

-- name: merge-field-lock
-- Before it is read to be changed. args: list, merge_id
SELECT merge_id FROM merge_field WHERE list_id = ? AND merge_id = ?
FOR UPDATE;

-- name: merge-field-add
-- args: list, merge_id, tag, name, type, required, default, public, order,
-- options, help
INSERT INTO merge_field (list_id, merge_id, tag, name, type, required,
	default_value, is_public, display_order, options, help_text)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: merge-field-remove
-- args: list, merge_id
DELETE FROM merge_field WHERE list_id = ? AND merge_id = ?;

-- name: merge-field-remove-all
-- args: list
DELETE FROM merge_field WHERE list_id = ?;
