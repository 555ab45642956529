-- schema: audience
-- Which members changed since a moment (src/audience/sets/change_log.h). A
-- moment is a text: on SQLite the id of the last change that is seen, on
-- PostgreSQL a snapshot.

-- name: change-log-now
-- The moment that this transaction sees, how it compares with where the log
-- begins (known from the second, which must not be less than the third), and
-- since when the server runs: after a crash, moments of before may never have
-- been.
SELECT CAST(c.last AS TEXT), c.last,
	COALESCE((SELECT MIN(id) - 1 FROM member_change), 0), 0
FROM (SELECT COALESCE((SELECT MAX(id) FROM member_change), 0) AS last) AS c;

-- name: change-log-now @pg
-- A log of another cluster, from a dump, may begin in our future: nothing of
-- ours is missing in it then.
SELECT s.now::text, pg_snapshot_xmin(s.now)::text::bigint,
	CASE WHEN f.xid <= pg_snapshot_xmax(s.now)::text::bigint
		THEN f.xid ELSE 0 END,
	CAST(EXTRACT(EPOCH FROM pg_postmaster_start_time()) * 1000000 AS BIGINT)
FROM (SELECT pg_current_snapshot() AS now) AS s, member_change_from AS f;

-- name: change-log-since
-- Members changed since then; one may come more than once.
-- args: moment, moment, kinds, of (0: any), of, limit
SELECT member_id FROM member_change
WHERE id > CAST(? AS INTEGER) AND id > CAST(? AS INTEGER) AND kind & ? <> 0
	AND (CAST(? AS INTEGER) = 0 OR of_id = ?)
LIMIT ?;

-- name: change-log-since @pg
-- What the snapshot did not see. Transactions in progress then may have smaller
-- ids than those that were over: none is skipped. A row of the future is from
-- another cluster.
SELECT unnest(member_ids) FROM member_change
WHERE xid >= pg_snapshot_xmin(CAST(? AS pg_snapshot))::text::bigint
	AND NOT pg_visible_in_snapshot(xid::text::xid8, CAST(? AS pg_snapshot))
	AND xid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
	AND kind & CAST(? AS INTEGER) <> 0
	AND (CAST(? AS BIGINT) = 0 OR of_id = ?)
LIMIT ?;

-- name: change-log-prune
-- The last one stays: ids are not given again. One bound: of two SQLite takes one, and
-- goes through all rows up to it. args: how many are kept, how many are removed at most
DELETE FROM member_change
WHERE id < MIN((SELECT MAX(id) FROM member_change) - ? + 1,
	(SELECT MIN(id) FROM member_change) + ?);

-- name: change-log-prune @pg
-- What change-log-cut left out.
DELETE FROM member_change WHERE xid < (SELECT xid FROM member_change_from)
	AND ? > 0 AND ? > 0;

-- name: change-log-cut
-- PostgreSQL: where the log is to begin. args: how many changes are kept
UPDATE member_change SET id = id WHERE ? < 0;

-- name: change-log-cut @pg
UPDATE member_change_from SET xid = c.xid
FROM (SELECT MAX(xid) AS xid FROM (
	SELECT xid, SUM(members) OVER (ORDER BY xid DESC) AS newer
	FROM member_change) AS w WHERE newer > ?) AS c
WHERE c.xid > member_change_from.xid OR member_change_from.xid
	> pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
