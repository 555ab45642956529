-- schema: audience
-- What changed in a list: see src/audience/kept/list_history.h.

-- name: list-history-get
-- By quarters of an hour since 1970. args: list, from which on
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
-- What its campaigns did, by the hour: enum hit of list_history.c. args: list, hour from which on
SELECT k.kind - :KEPT_HOUR_SENT, k.part, CAST(SUM(k.n) AS BIGINT)
FROM campaign c JOIN report_kept k ON k.campaign_id = c.id
WHERE c.list_id = ? AND k.part >= ?
	AND k.kind IN (:KEPT_HOUR_SENT, :KEPT_HOUR_OPENED, :KEPT_HOUR_CLICKED)
GROUP BY k.kind, k.part;

-- name: list-history-bounces
-- Those of each campaign, at the time of its send. args: list, ms from which on
SELECT CASE k.kind WHEN :KEPT_HARD THEN 3 ELSE 4 END, c.send_ms, CAST(SUM(k.n) AS BIGINT)
FROM campaign c JOIN report_kept k ON k.campaign_id = c.id
WHERE c.list_id = ? AND c.send_ms >= ? AND k.part = 0
	AND k.kind IN (:KEPT_HARD, :KEPT_SOFT)
GROUP BY k.kind, c.send_ms;

-- name: chatter-days
-- How many came (0) and left (1): kind, quarter of an hour, list, its name, number; of each
-- list the last first. args: the first quarter
SELECT CASE k.status WHEN :LIST_JOINED THEN 0 ELSE 1 END, k.block, l.hex, l.name, k.n
FROM list l JOIN list_kept k ON k.list_id = l.id
	AND k.status IN (:LIST_JOINED, :LIST_UNSUBSCRIBED) AND k.block >= ?
WHERE l.deleted_ms IS NULL
ORDER BY l.hex, k.status, k.block DESC;

-- name: chatter-days @pg
SELECT CASE k.status WHEN :LIST_JOINED THEN 0 ELSE 1 END, k.block, l.hex, l.name,
	CAST(SUM(k.n) AS BIGINT)
FROM list l JOIN (
	SELECT list_id, status, block, n FROM list_kept
	UNION ALL
	SELECT list_id, status, block, n FROM list_kept_change) AS k
	ON k.list_id = l.id AND k.status IN (:LIST_JOINED, :LIST_UNSUBSCRIBED) AND k.block >= ?
WHERE l.deleted_ms IS NULL
GROUP BY k.status, k.block, l.hex, l.name
ORDER BY l.hex, k.status, k.block DESC;

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
