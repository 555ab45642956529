-- schema: audience

-- name: merge-fields-of-list
-- The merge fields of an audience (list id), for rendering.
SELECT merge_id, tag, type, default_value, options
FROM merge_field WHERE list_id = ? ORDER BY merge_id;
