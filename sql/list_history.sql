-- schema: audience
-- What changed in a list on each day: see src/audience/kept/list_history.h.

-- name: list-history-get
-- By day. args: list, from day
SELECT status, block, n FROM list_kept
WHERE list_id = ? AND block >= ? AND status >= 100 ORDER BY block, status;

-- name: list-history-get @pg
SELECT status, block, CAST(SUM(n) AS BIGINT) FROM (
	SELECT list_id, status, block, n FROM list_kept
	UNION ALL
	SELECT list_id, status, block, n FROM list_kept_change) AS x
WHERE list_id = ? AND block >= ? AND status >= 100
GROUP BY block, status ORDER BY block, status;

-- name: list-history-hits
-- What its campaigns did, by the day: enum hit of list_history.c. args: list, hour from which on
SELECT k.kind - :KEPT_HOUR_SENT, k.part / 24, CAST(SUM(k.n) AS BIGINT)
FROM campaign c JOIN report_kept k ON k.campaign_id = c.id
WHERE c.list_id = ? AND k.part >= ?
	AND k.kind IN (:KEPT_HOUR_SENT, :KEPT_HOUR_OPENED, :KEPT_HOUR_CLICKED)
GROUP BY k.kind, k.part / 24;

-- name: list-history-bounces
-- Those of each campaign, on the day of its send. args: list, ms from which on
SELECT CASE k.kind WHEN :KEPT_HARD THEN 3 ELSE 4 END, c.send_ms / 86400000, CAST(SUM(k.n) AS BIGINT)
FROM campaign c JOIN report_kept k ON k.campaign_id = c.id
WHERE c.list_id = ? AND c.send_ms >= ? AND k.part = 0
	AND k.kind IN (:KEPT_HARD, :KEPT_SOFT)
GROUP BY k.kind, c.send_ms / 86400000;
