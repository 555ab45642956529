-- schema: crm
-- Groups: see src/crm/group/group.h. A static group whose evaluated_ms is null is
-- being made and not seen.

-- name: group-add
-- args: name, name_folded, entity, kind, criteria, created_by, at, at
INSERT INTO crm_group (name, name_folded, entity, kind, criteria, created_by,
	created_ms, updated_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id;

-- name: group-evaluated
-- A static group's members are those of its criteria. args: at, at, id
UPDATE crm_group SET evaluated_ms = ?, updated_ms = ? WHERE id = ?;

-- name: group-touch
-- args: updated_ms, id
UPDATE crm_group SET updated_ms = ? WHERE id = ?;

-- name: group-find
-- args: id
SELECT id, name, entity, kind, criteria, created_by, created_ms, updated_ms,
	evaluated_ms
FROM crm_group
WHERE id = ? AND (kind = :GROUP_DYNAMIC OR evaluated_ms IS NOT NULL) FOR UPDATE;

-- name: group-list
-- args: after_id, entity (0: any), entity, part of the name as a pattern
-- (null: any), the same, limit
SELECT id, name, entity, kind, criteria, created_by, created_ms, updated_ms,
	evaluated_ms
FROM crm_group
WHERE id > ? AND (kind = :GROUP_DYNAMIC OR evaluated_ms IS NOT NULL)
	AND (CAST(? AS BIGINT) = 0 OR entity = CAST(? AS BIGINT))
	AND (CAST(? AS TEXT) IS NULL OR name_folded LIKE CAST(? AS TEXT) ESCAPE '\')
ORDER BY id LIMIT ?;

-- name: group-list-count
-- args: as group-list without after_id and limit
SELECT COUNT(*) FROM crm_group
WHERE (kind = :GROUP_DYNAMIC OR evaluated_ms IS NOT NULL)
	AND (CAST(? AS BIGINT) = 0 OR entity = CAST(? AS BIGINT))
	AND (CAST(? AS TEXT) IS NULL OR name_folded LIKE CAST(? AS TEXT) ESCAPE '\');

-- name: group-name-taken
-- Another group of that name. args: name_folded, id
SELECT id FROM crm_group
WHERE name_folded = ? AND id <> ? AND (kind = :GROUP_DYNAMIC OR evaluated_ms IS NOT NULL)
LIMIT 1;

-- name: group-half-made
-- Static groups that were never filled: left by a process that was killed.
-- args: created before
SELECT id FROM crm_group
WHERE kind = :GROUP_STATIC AND evaluated_ms IS NULL AND created_ms < ? LIMIT 10;

-- name: group-remove
-- args: id
DELETE FROM crm_group WHERE id = ?;

-- name: group-members-count
-- args: group
SELECT COUNT(*) FROM group_member WHERE group_id = ?;

-- name: group-members-walk
-- args: group, after_id, limit
SELECT record_id FROM group_member
WHERE group_id = ? AND record_id > ? ORDER BY record_id LIMIT ?;

-- name: group-members-has
-- args: group, record
SELECT 1 FROM group_member WHERE group_id = ? AND record_id = ?;

-- name: group-members-remove
-- A page of all, before the group itself goes. args: group, group, limit
DELETE FROM group_member WHERE group_id = ? AND record_id IN
	(SELECT record_id FROM group_member WHERE group_id = ?
	 ORDER BY record_id LIMIT ?);

-- name: group-exclusions-remove
-- args: group
DELETE FROM group_exclusion WHERE group_id = ?;

-- name: group-members-fit
-- Add what fits the criteria and is not excluded. args: group, JSON of ids,
-- group
INSERT INTO group_member (group_id, record_id, how)
SELECT CAST(? AS BIGINT), ids.value, :GROUP_BY_CRITERIA
FROM (SELECT CAST(value AS INTEGER) AS value FROM json_each(?)) AS ids
WHERE ids.value NOT IN
	(SELECT record_id FROM group_exclusion WHERE group_id = ?)
ON CONFLICT (group_id, record_id) DO NOTHING;

-- name: group-members-fit @pg
INSERT INTO group_member (group_id, record_id, how)
SELECT CAST(? AS BIGINT), ids.value, :GROUP_BY_CRITERIA
FROM (SELECT value::bigint AS value
      FROM json_array_elements_text(CAST(? AS TEXT)::json)) AS ids
WHERE NOT EXISTS (SELECT 1 FROM group_exclusion x
	WHERE x.group_id = ? AND x.record_id = ids.value)
ON CONFLICT (group_id, record_id) DO NOTHING;

-- name: group-members-unfit
-- Take out of a span of ids (after, until] what came by the criteria and fits
-- no more. args: group, after, until, JSON of the ids that fit
DELETE FROM group_member
WHERE group_id = ? AND record_id > ? AND record_id <= ? AND how = :GROUP_BY_CRITERIA
	AND record_id NOT IN JSON_INTS(?);

-- name: group-include-people
-- args: group, JSON of ids, group
INSERT INTO group_member (group_id, record_id, how)
SELECT CAST(? AS BIGINT), id, :GROUP_BY_HAND FROM person
WHERE id IN JSON_INTS(?) AND erased_ms IS NULL
ON CONFLICT (group_id, record_id) DO UPDATE SET how = :GROUP_BY_HAND
WHERE group_member.how <> :GROUP_BY_HAND;

-- name: group-include-leads
-- args: group, JSON of ids
INSERT INTO group_member (group_id, record_id, how)
SELECT CAST(? AS BIGINT), id, :GROUP_BY_HAND FROM lead
WHERE id IN JSON_INTS(?) AND erased_ms IS NULL
ON CONFLICT (group_id, record_id) DO UPDATE SET how = :GROUP_BY_HAND
WHERE group_member.how <> :GROUP_BY_HAND;

-- name: group-include-companies
-- args: group, JSON of ids
INSERT INTO group_member (group_id, record_id, how)
SELECT CAST(? AS BIGINT), id, :GROUP_BY_HAND FROM company
WHERE id IN JSON_INTS(?)
ON CONFLICT (group_id, record_id) DO UPDATE SET how = :GROUP_BY_HAND
WHERE group_member.how <> :GROUP_BY_HAND;

-- name: group-exclusion-lift
-- args: group, JSON of ids
DELETE FROM group_exclusion WHERE group_id = ? AND record_id IN JSON_INTS(?);

-- name: group-exclude-members
-- args: group, JSON of ids
DELETE FROM group_member WHERE group_id = ? AND record_id IN JSON_INTS(?);

-- name: group-exclude-people
-- args: group, JSON of ids
INSERT INTO group_exclusion (group_id, record_id)
SELECT CAST(? AS BIGINT), id FROM person WHERE id IN JSON_INTS(?)
ON CONFLICT (group_id, record_id) DO NOTHING;

-- name: group-exclude-leads
-- args: group, JSON of ids
INSERT INTO group_exclusion (group_id, record_id)
SELECT CAST(? AS BIGINT), id FROM lead WHERE id IN JSON_INTS(?)
ON CONFLICT (group_id, record_id) DO NOTHING;

-- name: group-exclude-companies
-- args: group, JSON of ids
INSERT INTO group_exclusion (group_id, record_id)
SELECT CAST(? AS BIGINT), id FROM company WHERE id IN JSON_INTS(?)
ON CONFLICT (group_id, record_id) DO NOTHING;
