-- schema: audience
-- How many members a list has, kept: see src/audience/kept/list_kept.h.
-- set: MEMBER_GONE = MEMBER_UNSUBSCRIBED MEMBER_CLEANED

-- name: list-kept-add
-- args: JSON array of arrays of list, status, block, a name that is none, number
INSERT INTO list_kept (list_id, status, block, n)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
	json_extract(value, '$[2]'), json_extract(value, '$[4]')
FROM json_each(?) WHERE true
ON CONFLICT (list_id, block, status) DO UPDATE SET n = list_kept.n + excluded.n;

-- name: list-kept-add @pg
INSERT INTO list_kept_change (list_id, status, block, n)
SELECT (v->>0)::bigint, (v->>1)::integer, (v->>2)::bigint, (v->>4)::bigint
FROM jsonb_array_elements(?::jsonb) AS t (v);

-- name: list-kept-turn
-- Is it our turn to sum up? Until the end of the transaction nobody else does.
SELECT 0;

-- name: list-kept-turn @pg
SELECT CASE WHEN pg_try_advisory_xact_lock(7746923) THEN 1 ELSE 0 END;

-- name: list-kept-fold
-- There is nothing to sum up.
DELETE FROM list_kept WHERE n = 0;

-- name: list-kept-fold @pg
-- One statement, one snapshot: what is taken away is what is added.
WITH gone AS (DELETE FROM list_kept_change RETURNING list_id, block, status, n)
INSERT INTO list_kept (list_id, block, status, n)
SELECT list_id, block, status, SUM(n) FROM gone GROUP BY list_id, block, status
ON CONFLICT (list_id, block, status) DO UPDATE SET n = list_kept.n + excluded.n;

-- name: list-kept-get
-- By block. Quarters of an hour since 1998 stand above, and are not read. args: list
SELECT status, block, n FROM list_kept WHERE list_id = ? AND block < 1000000 AND status < 100
ORDER BY block, status;

-- name: list-kept-get @pg
SELECT status, block, CAST(SUM(n) AS BIGINT) FROM (
	SELECT list_id, status, block, n FROM list_kept
	UNION ALL
	SELECT list_id, status, block, n FROM list_kept_change) AS x
WHERE list_id = ? AND block < 1000000 AND status < 100
GROUP BY block, status ORDER BY block, status;

-- name: list-kept-drop
-- args: list, kinds below
DELETE FROM list_kept WHERE list_id = ? AND status < ?;

-- name: list-kept-drop-changes
-- There are none. args: list, kinds below
DELETE FROM list_kept WHERE list_id = ? AND status < ? AND n = 0;

-- name: list-kept-drop-changes @pg
DELETE FROM list_kept_change WHERE list_id = ? AND status < ?;

-- name: list-kept-count
-- args: list
INSERT INTO list_kept (list_id, block, status, n)
SELECT list_id, id / 16384, status, COUNT(*) FROM member WHERE list_id = ?
GROUP BY list_id, id / 16384, status;
