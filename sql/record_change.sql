-- schema: crm
-- Which records changed since a moment (src/sets/change_log.h). A moment is a text:
-- on SQLite the id of the last change that is seen, on PostgreSQL a snapshot.

-- name: record-change-now
-- See change-log-now of sql/member_change.sql.
SELECT CAST(c.last AS TEXT), c.last,
	COALESCE((SELECT MIN(id) - 1 FROM record_change), 0), 0
FROM (SELECT COALESCE((SELECT MAX(id) FROM record_change), 0) AS last) AS c;

-- name: record-change-now @pg
SELECT s.now::text, pg_snapshot_xmin(s.now)::text::bigint,
	CASE WHEN f.xid <= pg_snapshot_xmax(s.now)::text::bigint
		THEN f.xid ELSE 0 END,
	CAST(EXTRACT(EPOCH FROM pg_postmaster_start_time()) * 1000000 AS BIGINT)
FROM (SELECT pg_current_snapshot() AS now) AS s, record_change_from AS f;

-- name: record-change-since
-- Records changed since then, with CHANGED_STAFF the people of changed companies as
-- well; one may come more than once. args: moment, moment, kinds, of (0: any), of,
-- limit
WITH asked AS (SELECT CAST(? AS INTEGER) AS moment, CAST(? AS INTEGER) AS same,
	CAST(? AS INTEGER) AS kinds, CAST(? AS INTEGER) AS of_id,
	CAST(? AS INTEGER) AS same_of)
SELECT c.record_id
FROM asked a CROSS JOIN record_change c
WHERE c.id > a.moment AND c.kind & a.kinds <> 0
	AND (a.of_id = 0 OR c.of_id = a.of_id)
UNION ALL
SELECT p.id
FROM asked a CROSS JOIN record_change c CROSS JOIN person p
WHERE a.kinds & :CHANGED_STAFF <> 0 AND c.id > a.moment
	AND c.kind & :CHANGED_COMPANY <> 0 AND p.company_id = c.record_id
LIMIT ?;

-- name: record-change-since @pg
-- See change-log-since of sql/member_change.sql.
WITH asked AS (SELECT CAST(? AS pg_snapshot) AS moment, CAST(? AS pg_snapshot) AS same,
	CAST(? AS INTEGER) AS kinds, CAST(? AS BIGINT) AS of_id,
	CAST(? AS BIGINT) AS same_of),
unseen AS (SELECT a.kinds, a.of_id AS asked_of, c.kind, c.of_id, c.record_ids
	FROM asked a CROSS JOIN record_change c
	WHERE c.xid >= pg_snapshot_xmin(a.moment)::text::bigint
		AND NOT pg_visible_in_snapshot(c.xid::text::xid8, a.moment)
		AND c.xid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
SELECT unnest(u.record_ids) FROM unseen u
WHERE u.kind & u.kinds <> 0 AND (u.asked_of = 0 OR u.of_id = u.asked_of)
UNION ALL
SELECT p.id
FROM (SELECT unnest(u.record_ids) AS id FROM unseen u
	WHERE u.kinds & :CHANGED_STAFF <> 0 AND u.kind & :CHANGED_COMPANY <> 0) AS c
JOIN person p ON p.company_id = c.id
LIMIT ?;

-- name: record-change-prune
-- The last one stays: ids are not given again. One bound: of two SQLite takes one, and
-- goes through all rows up to it. args: how many are kept, how many are removed at most
DELETE FROM record_change
WHERE id < MIN((SELECT MAX(id) FROM record_change) - ? + 1,
	(SELECT MIN(id) FROM record_change) + ?);

-- name: record-change-prune @pg
-- What record-change-cut left out.
DELETE FROM record_change WHERE xid < (SELECT xid FROM record_change_from)
	AND ? > 0 AND ? > 0;

-- name: record-change-cut
-- PostgreSQL: where the log is to begin. args: how many changes are kept
UPDATE record_change SET id = id WHERE ? < 0;

-- name: record-change-cut @pg
UPDATE record_change_from SET xid = c.xid
FROM (SELECT MAX(xid) AS xid FROM (
	SELECT xid, SUM(records) OVER (ORDER BY xid DESC) AS newer
	FROM record_change) AS w WHERE newer > ?) AS c
WHERE c.xid > record_change_from.xid OR record_change_from.xid
	> pg_snapshot_xmax(pg_current_snapshot())::text::bigint;

-- name: record-last
-- Of a table. args: entity
SELECT CASE CAST(? AS INTEGER)
	WHEN :ENTITY_PERSON THEN (SELECT COALESCE(MAX(id), 0) FROM person)
	WHEN :ENTITY_LEAD THEN (SELECT COALESCE(MAX(id), 0) FROM lead)
	ELSE (SELECT COALESCE(MAX(id), 0) FROM company) END;

-- name: record-plan-sets
-- See segment-plan-sets of sql/segment.sql.
SELECT 0;

-- name: record-plan-sets @pg
SELECT set_config('enable_sort', 'off', true), set_config('jit', 'off', true),
	set_config('parallel_tuple_cost', '0', true),
	set_config('parallel_setup_cost', '0', true);
