-- schema: audience
-- Figures of campaigns that are kept: see src/campaign/report_kept.h. Those that
-- are kept and those that are counted say the same; whoever changes one changes
-- both, and the migration only if it is not released.
-- set: KEPT_LAST = KEPT_LAST_OPEN KEPT_LAST_CLICK KEPT_LINK_LAST

-- name: report-kept-add
-- args: JSON array of arrays of campaign, kind, part, a name that is none, number
INSERT INTO report_kept (campaign_id, kind, part, n)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
	json_extract(value, '$[2]'), json_extract(value, '$[4]')
FROM json_each(?) WHERE true
ON CONFLICT (campaign_id, kind, part) DO UPDATE SET n =
	CASE WHEN report_kept.kind NOT IN (:KEPT_LAST) THEN report_kept.n + excluded.n
		WHEN report_kept.n > excluded.n THEN report_kept.n
		ELSE excluded.n END;

-- name: report-kept-add @pg
INSERT INTO report_kept (campaign_id, kind, part, n)
SELECT (v->>0)::bigint, (v->>1)::integer, (v->>2)::bigint, (v->>4)::bigint
FROM jsonb_array_elements(?::jsonb) AS t (v)
ON CONFLICT (campaign_id, kind, part) DO UPDATE SET n =
	CASE WHEN report_kept.kind NOT IN (:KEPT_LAST) THEN report_kept.n + excluded.n
		WHEN report_kept.n > excluded.n THEN report_kept.n
		ELSE excluded.n END;

-- name: report-kept-get
-- args: campaign, first kind, last kind
SELECT kind, part, n FROM report_kept
WHERE campaign_id = ? AND kind BETWEEN ? AND ? ORDER BY kind, part;

-- name: report-kept-drop
-- args: campaign
DELETE FROM report_kept WHERE campaign_id = ?;

-- name: report-kept-drop-last
-- args: campaign
DELETE FROM report_kept WHERE campaign_id = ? AND kind IN (:KEPT_LAST);

-- name: report-kept-count
-- All of them but the times, from the ledger and the activity.
-- args: campaign (8 times)
INSERT INTO report_kept (campaign_id, kind, part, n)
SELECT s.campaign_id, k.kind, 0,
	CASE k.kind WHEN :KEPT_HARD THEN s.hard WHEN :KEPT_SOFT THEN s.soft
		WHEN :KEPT_UNSUBSCRIBED THEN s.unsubscribed
		WHEN :KEPT_COMPLAINED THEN s.complained
		WHEN :KEPT_CANCELED THEN s.canceled
		WHEN :KEPT_OPENS THEN s.opens
		WHEN :KEPT_MACHINE_OPENS THEN s.machine_opens
		WHEN :KEPT_OPENERS THEN s.openers
		WHEN :KEPT_CLICKS THEN s.clicks ELSE s.clickers END
FROM (SELECT campaign_id,
		SUM(CASE WHEN bounce = :BOUNCE_HARD THEN 1 ELSE 0 END) AS hard,
		SUM(CASE WHEN bounce = :BOUNCE_SOFT THEN 1 ELSE 0 END) AS soft,
		COUNT(unsubscribed_ms) AS unsubscribed,
		COUNT(complained_ms) AS complained,
		SUM(CASE WHEN state = :RECIPIENT_CANCELED THEN 1 ELSE 0 END) AS canceled,
		SUM(opens) AS opens, SUM(machine_opens) AS machine_opens,
		SUM(CASE WHEN opens > 0 THEN 1 ELSE 0 END) AS openers,
		SUM(clicks) AS clicks,
		SUM(CASE WHEN clicks > 0 THEN 1 ELSE 0 END) AS clickers
	FROM recipient WHERE campaign_id = ? GROUP BY campaign_id) AS s
CROSS JOIN (SELECT :KEPT_HARD AS kind UNION ALL SELECT :KEPT_SOFT
	UNION ALL SELECT :KEPT_UNSUBSCRIBED UNION ALL SELECT :KEPT_COMPLAINED
	UNION ALL SELECT :KEPT_CANCELED UNION ALL SELECT :KEPT_OPENS
	UNION ALL SELECT :KEPT_MACHINE_OPENS UNION ALL SELECT :KEPT_OPENERS
	UNION ALL SELECT :KEPT_CLICKS UNION ALL SELECT :KEPT_CLICKERS) AS k
UNION ALL
SELECT campaign_id, :KEPT_OPENED, member_id / 16384, COUNT(*) FROM recipient
WHERE campaign_id = ? AND opens + machine_opens > 0
GROUP BY campaign_id, member_id / 16384
UNION ALL
SELECT campaign_id, :KEPT_HOUR_SENT, at_ms / 3600000, COUNT(*) FROM recipient
WHERE campaign_id = ? AND sent_seq IS NOT NULL
GROUP BY campaign_id, at_ms / 3600000
UNION ALL
SELECT campaign_id, :KEPT_HOUR_OPENED, first_open_ms / 3600000, COUNT(*)
FROM recipient
WHERE campaign_id = ? AND activity_ms IS NOT NULL AND first_open_ms IS NOT NULL
GROUP BY campaign_id, first_open_ms / 3600000
UNION ALL
SELECT campaign_id, :KEPT_HOUR_CLICKED, first_click_ms / 3600000, COUNT(*)
FROM recipient
WHERE campaign_id = ? AND activity_ms IS NOT NULL AND first_click_ms IS NOT NULL
GROUP BY campaign_id, first_click_ms / 3600000
UNION ALL
SELECT campaign_id, :KEPT_LINK_CLICKS, link_id, COUNT(*) FROM activity
WHERE campaign_id = ? AND kind = :ACTIVITY_CLICK AND machine = 0
GROUP BY campaign_id, link_id
UNION ALL
SELECT campaign_id, :KEPT_LINK_PEOPLE, link_id, COUNT(DISTINCT member_id)
FROM activity WHERE campaign_id = ? AND kind = :ACTIVITY_CLICK AND machine = 0
GROUP BY campaign_id, link_id
UNION ALL
SELECT campaign_id, :KEPT_LINK_ANY, link_id, COUNT(DISTINCT member_id)
FROM activity WHERE campaign_id = ? AND kind = :ACTIVITY_CLICK
GROUP BY campaign_id, link_id;

-- name: report-kept-count-last
-- The times: the largest may go away with what turns out to be a machine's.
-- args: campaign (3 times)
INSERT INTO report_kept (campaign_id, kind, part, n)
SELECT campaign_id, :KEPT_LAST_OPEN, 0, MAX(last_open_ms) FROM recipient
WHERE campaign_id = ? AND activity_ms IS NOT NULL AND last_open_ms IS NOT NULL
GROUP BY campaign_id
UNION ALL
SELECT campaign_id, :KEPT_LAST_CLICK, 0, MAX(last_click_ms) FROM recipient
WHERE campaign_id = ? AND activity_ms IS NOT NULL AND last_click_ms IS NOT NULL
GROUP BY campaign_id
UNION ALL
SELECT campaign_id, :KEPT_LINK_LAST, link_id, MAX(at_ms) FROM activity
WHERE campaign_id = ? AND kind = :ACTIVITY_CLICK AND machine = 0
GROUP BY campaign_id, link_id;

-- name: report-kept-recipients
-- What some recipients add. args: campaign, JSON array of members
SELECT member_id, opens, machine_opens, clicks FROM recipient
WHERE campaign_id = ? AND member_id IN JSON_INTS(?);

-- name: report-kept-clicks
-- What some recipients add to links: of each pair, clicks by people and by
-- machines, and the last one by people (+: by member, not through the campaign).
-- args: campaign, JSON array of members
SELECT link_id, SUM(1 - machine), SUM(machine),
	MAX(CASE WHEN machine = 0 THEN at_ms END) FROM activity
WHERE +campaign_id = ? AND member_id IN JSON_INTS(?) AND kind = :ACTIVITY_CLICK
GROUP BY link_id, member_id;

-- name: report-kept-pairs
-- The same of pairs. args: JSON array of arrays of campaign, link, member
SELECT a.campaign_id, a.link_id, a.member_id, SUM(1 - a.machine), SUM(a.machine)
FROM json_each(?) AS t JOIN activity a
	ON a.campaign_id = json_extract(t.value, '$[0]')
	AND a.link_id = json_extract(t.value, '$[1]')
	AND a.member_id = json_extract(t.value, '$[2]')
	AND a.kind = :ACTIVITY_CLICK
GROUP BY a.campaign_id, a.link_id, a.member_id;

-- name: report-kept-pairs @pg
-- (OFFSET 0: each is looked up, no join goes through the whole table)
SELECT a.campaign_id, a.link_id, a.member_id, SUM(1 - a.machine), SUM(a.machine)
FROM jsonb_array_elements(?::jsonb) AS t (v) CROSS JOIN LATERAL (
	SELECT * FROM activity c
	WHERE c.campaign_id = (t.v->>0)::bigint AND c.link_id = (t.v->>1)::integer
		AND c.member_id = (t.v->>2)::bigint AND c.kind = :ACTIVITY_CLICK
	OFFSET 0) a
GROUP BY a.campaign_id, a.link_id, a.member_id;
