-- schema: crm
-- Groups: see src/crm/group/group.h. A static group whose evaluated_ms is null is
-- being made, or removed, and not seen.

-- name: group-add
-- args: name, name_folded, entity, kind, criteria, created_by, campaign, at, at
INSERT INTO crm_group (name, name_folded, entity, kind, criteria, created_by,
	campaign_id, created_ms, updated_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id;

-- name: group-evaluated
-- A new static group has its members: it is seen. args: at, id
UPDATE crm_group SET evaluated_ms = ? WHERE id = ?;

-- name: group-refreshed
-- A static group's members are those of its criteria, unless it is being removed.
-- args: at, at, id
UPDATE crm_group SET evaluated_ms = ?, updated_ms = ? WHERE id = ? AND evaluated_ms IS NOT NULL;

-- name: group-lock
-- What is done by hand and by the criteria is done one after another. args: id
SELECT id FROM crm_group WHERE id = ? FOR UPDATE;

-- name: group-hide
-- It is being removed. args: id
UPDATE crm_group SET kind = :GROUP_STATIC, evaluated_ms = NULL WHERE id = ?;

-- name: group-scheduled-to
-- A campaign that will be sent to it. args: group_id
SELECT name FROM campaign WHERE group_id = ? AND status = :CRM_CAMPAIGN_SCHEDULED
 ORDER BY id LIMIT 1;

-- name: group-touch
-- args: updated_ms, id
UPDATE crm_group SET updated_ms = ? WHERE id = ?;

-- name: group-find
-- args: id
SELECT g.id, g.name, g.entity, g.kind, g.criteria, g.created_by, g.created_ms,
	g.updated_ms, g.evaluated_ms,
	(SELECT u.name FROM app_user u WHERE u.id = g.created_by),
	g.campaign_id, (SELECT c.name FROM campaign c WHERE c.id = g.campaign_id)
FROM crm_group g
WHERE g.id = ? AND (g.kind = :GROUP_DYNAMIC OR g.evaluated_ms IS NOT NULL) FOR UPDATE OF g;

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

-- name: group-hand-count
-- How many were put in by hand, and taken out. args: group, group
SELECT (SELECT COUNT(*) FROM group_member
	WHERE group_id = ? AND how = :GROUP_BY_HAND),
	(SELECT COUNT(*) FROM group_exclusion WHERE group_id = ?);

-- name: group-hand-of
-- Those of some ids with whom something was done by hand. args: group, JSON of
-- ids, group, JSON of ids
SELECT record_id FROM group_member
WHERE group_id = ? AND +how = :GROUP_BY_HAND AND record_id IN JSON_INTS(?)
UNION
SELECT record_id FROM group_exclusion
WHERE group_id = ? AND record_id IN JSON_INTS(?)
ORDER BY record_id;

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

-- name: group-of-record
-- Static groups that it is in, and all dynamic ones, by name. args: record, entity
SELECT g.id, g.name, g.kind, m.how, g.criteria, g.campaign_id
FROM crm_group g
LEFT JOIN group_member m ON m.group_id = g.id AND m.record_id = ? AND g.kind = :GROUP_STATIC
WHERE g.entity = ?
	AND (g.kind = :GROUP_DYNAMIC OR (g.evaluated_ms IS NOT NULL AND m.how IS NOT NULL))
ORDER BY g.name_folded;

-- name: group-graph-lock
-- Who changes what groups refer to, or removes one, is alone.
SELECT id FROM group_graph WHERE id = 1 FOR UPDATE;

-- name: group-references-remove
-- args: group
DELETE FROM group_reference WHERE group_id = ?;

-- name: group-reference-add
-- args: group, refers_to
INSERT INTO group_reference (group_id, refers_to) VALUES (?, ?)
ON CONFLICT (group_id, refers_to) DO NOTHING;

-- name: group-referrers
-- args: group
SELECT g.id, g.name, g.entity, g.criteria
FROM group_reference x JOIN crm_group g ON g.id = x.group_id
WHERE x.refers_to = ? ORDER BY g.name_folded;
