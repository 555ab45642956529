-- What the report of a campaign shows, kept: see src/campaign/report_kept.h.
-- kind and part as there; what is not there is 0.
CREATE TABLE report_kept (
	campaign_id BIGINT NOT NULL,
	kind INTEGER NOT NULL,
	part BIGINT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (campaign_id, kind, part)
) WITHOUT ROWID;
INSERT INTO report_kept (campaign_id, kind, part, n)
SELECT s.campaign_id, k.kind, 0,
	CASE k.kind WHEN 1 THEN s.hard WHEN 2 THEN s.soft
		WHEN 3 THEN s.unsubscribed
		WHEN 4 THEN s.complained
		WHEN 5 THEN s.canceled
		WHEN 6 THEN s.opens
		WHEN 7 THEN s.machine_opens
		WHEN 8 THEN s.openers
		WHEN 9 THEN s.clicks ELSE s.clickers END
FROM (SELECT campaign_id,
		SUM(CASE WHEN bounce = 1 THEN 1 ELSE 0 END) AS hard,
		SUM(CASE WHEN bounce = 2 THEN 1 ELSE 0 END) AS soft,
		COUNT(unsubscribed_ms) AS unsubscribed,
		COUNT(complained_ms) AS complained,
		SUM(CASE WHEN state = 8 THEN 1 ELSE 0 END) AS canceled,
		SUM(opens) AS opens, SUM(machine_opens) AS machine_opens,
		SUM(CASE WHEN opens > 0 THEN 1 ELSE 0 END) AS openers,
		SUM(clicks) AS clicks,
		SUM(CASE WHEN clicks > 0 THEN 1 ELSE 0 END) AS clickers
	FROM recipient GROUP BY campaign_id) AS s
CROSS JOIN (SELECT 1 AS kind UNION ALL SELECT 2
	UNION ALL SELECT 3 UNION ALL SELECT 4
	UNION ALL SELECT 5 UNION ALL SELECT 6
	UNION ALL SELECT 7 UNION ALL SELECT 8
	UNION ALL SELECT 9 UNION ALL SELECT 10) AS k
UNION ALL
SELECT campaign_id, 20, member_id / 16384, COUNT(*) FROM recipient
WHERE opens + machine_opens > 0
GROUP BY campaign_id, member_id / 16384
UNION ALL
SELECT campaign_id, 30, at_ms / 3600000, COUNT(*) FROM recipient
WHERE sent_seq IS NOT NULL
GROUP BY campaign_id, at_ms / 3600000
UNION ALL
SELECT campaign_id, 31, first_open_ms / 3600000, COUNT(*)
FROM recipient
WHERE activity_ms IS NOT NULL AND first_open_ms IS NOT NULL
GROUP BY campaign_id, first_open_ms / 3600000
UNION ALL
SELECT campaign_id, 32, first_click_ms / 3600000, COUNT(*)
FROM recipient
WHERE activity_ms IS NOT NULL AND first_click_ms IS NOT NULL
GROUP BY campaign_id, first_click_ms / 3600000
UNION ALL
SELECT campaign_id, 40, link_id, COUNT(*) FROM activity
WHERE kind = 2 AND machine = 0
GROUP BY campaign_id, link_id
UNION ALL
SELECT campaign_id, 41, link_id, COUNT(DISTINCT member_id)
FROM activity WHERE kind = 2 AND machine = 0
GROUP BY campaign_id, link_id
UNION ALL
SELECT campaign_id, 42, link_id, COUNT(DISTINCT member_id)
FROM activity WHERE kind = 2
GROUP BY campaign_id, link_id;
INSERT INTO report_kept (campaign_id, kind, part, n)
SELECT campaign_id, 11, 0, MAX(last_open_ms) FROM recipient
WHERE activity_ms IS NOT NULL AND last_open_ms IS NOT NULL
GROUP BY campaign_id
UNION ALL
SELECT campaign_id, 12, 0, MAX(last_click_ms) FROM recipient
WHERE activity_ms IS NOT NULL AND last_click_ms IS NOT NULL
GROUP BY campaign_id
UNION ALL
SELECT campaign_id, 43, link_id, MAX(at_ms) FROM activity
WHERE kind = 2 AND machine = 0
GROUP BY campaign_id, link_id;
