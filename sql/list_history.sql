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

-- name: chatter-days
-- How many came (0) and left (1) each day, the last days first: kind, day, list,
-- its name, number. args: the first day, limit
SELECT CASE k.status WHEN :LIST_JOINED THEN 0 ELSE 1 END, k.block, l.hex, l.name, k.n
FROM list l JOIN list_kept k ON k.list_id = l.id
	AND k.status IN (:LIST_JOINED, :LIST_UNSUBSCRIBED) AND k.block >= ?
WHERE l.deleted_ms IS NULL AND k.n > 0
ORDER BY k.block DESC, k.status, l.hex LIMIT ?;

-- name: chatter-days @pg
SELECT CASE k.status WHEN :LIST_JOINED THEN 0 ELSE 1 END, k.block, l.hex, l.name,
	CAST(SUM(k.n) AS BIGINT)
FROM list l JOIN (
	SELECT list_id, status, block, n FROM list_kept
	UNION ALL
	SELECT list_id, status, block, n FROM list_kept_change) AS k
	ON k.list_id = l.id AND k.status IN (:LIST_JOINED, :LIST_UNSUBSCRIBED) AND k.block >= ?
WHERE l.deleted_ms IS NULL
GROUP BY k.status, k.block, l.hex, l.name HAVING SUM(k.n) > 0
ORDER BY k.block DESC, k.status, l.hex LIMIT ?;

-- name: chatter-forwarded
-- Campaigns that readers sent on. args: sent since, limit
SELECT c.hex, c.settings, c.forwards, c.send_ms, l.hex
FROM campaign c LEFT JOIN list l ON l.id = c.list_id
WHERE c.forwards > 0 AND c.send_ms >= ? AND c.status <> :CAMPAIGN_ARCHIVED
ORDER BY c.send_ms DESC LIMIT ?;

-- name: list-countries
-- Of who is subscribed and said a country. args: list
SELECT country, COUNT(*) AS n FROM member
WHERE list_id = ? AND status = :MEMBER_SUBSCRIBED AND country <> ''
GROUP BY country ORDER BY n DESC, country;
