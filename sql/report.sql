-- schema: audience

-- Pages are found in an index, and only their own rows are read. Figures:
-- sql/report_kept.sql.

-- What report_list.c reads of a recipient, in this order.
-- text: RECIPIENT_ROW
SELECT r.member_id, m.email_hash, m.address, m.merge, m.vip, m.status, r.caught,
	r.bounce, r.opens, r.machine_opens, r.clicks, r.machine_clicks,
	r.last_open_ms, r.at_ms, r.unsubscribed_ms, r.complained_ms, r.detail,
	CASE WHEN m.unsubscribed_campaign_id = r.campaign_id
		THEN m.unsubscribe_reason END, r.variant

-- name: report-list-sent
-- In the order of sent-to, which only grows. args: campaign, after, up to
:RECIPIENT_ROW
FROM recipient r LEFT JOIN member m ON m.id = r.member_id
WHERE r.campaign_id = ? AND r.sent_seq > ? AND r.sent_seq <= ?
ORDER BY r.sent_seq;

-- name: report-list-active
-- Whose activity was applied since a time.
-- args: campaign, since, limit, offset, campaign
:RECIPIENT_ROW
FROM (SELECT member_id FROM recipient
	WHERE campaign_id = ? AND activity_ms >= ? AND activity_ms IS NOT NULL
	ORDER BY activity_ms, member_id LIMIT ? OFFSET ?) AS x
JOIN recipient r ON r.campaign_id = ? AND r.member_id = x.member_id
LEFT JOIN member m ON m.id = r.member_id
ORDER BY r.activity_ms, r.member_id;

-- name: report-count-active
-- args: campaign, since
SELECT COUNT(*) FROM recipient
WHERE campaign_id = ? AND activity_ms >= ? AND activity_ms IS NOT NULL;

-- name: report-list-opened
-- args: campaign, the first member, limit, offset from there, campaign
:RECIPIENT_ROW
FROM (SELECT member_id FROM recipient
	WHERE campaign_id = ? AND opens + machine_opens > 0 AND member_id >= ?
	ORDER BY member_id LIMIT ? OFFSET ?) AS x
JOIN recipient r ON r.campaign_id = ? AND r.member_id = x.member_id
LEFT JOIN member m ON m.id = r.member_id
ORDER BY r.member_id;

-- name: report-list-opened-sorted
-- args: campaign, order (1: the fewest opens first, -1: the most), limit, offset,
-- campaign, order
:RECIPIENT_ROW
FROM (SELECT member_id FROM recipient
	WHERE campaign_id = ? AND opens + machine_opens > 0
	ORDER BY (opens + machine_opens) * CAST(? AS INTEGER), member_id
	LIMIT ? OFFSET ?) AS x
JOIN recipient r ON r.campaign_id = ? AND r.member_id = x.member_id
LEFT JOIN member m ON m.id = r.member_id
ORDER BY (r.opens + r.machine_opens) * CAST(? AS INTEGER), r.member_id;

-- name: report-list-opened-since
-- Who opened at or after a time. args: campaign, since, campaign, order (1: the
-- fewest opens first, -1: the most, 0: by member), limit, offset
:RECIPIENT_ROW
FROM (SELECT DISTINCT member_id FROM activity
	WHERE campaign_id = ? AND kind = :ACTIVITY_OPEN AND at_ms >= ?) AS a
JOIN recipient r ON r.member_id = a.member_id AND r.campaign_id = ?
LEFT JOIN member m ON m.id = r.member_id
ORDER BY (r.opens + r.machine_opens) * CAST(? AS INTEGER), r.member_id
LIMIT ? OFFSET ?;

-- name: report-count-opened-since
-- args: campaign, since
SELECT COUNT(DISTINCT member_id) FROM activity
WHERE campaign_id = ? AND kind = :ACTIVITY_OPEN AND at_ms >= ?;

-- name: report-list-unsubscribed
-- args: campaign, limit, offset, campaign
:RECIPIENT_ROW
FROM (SELECT member_id FROM recipient
	WHERE campaign_id = ? AND unsubscribed_ms IS NOT NULL
	ORDER BY unsubscribed_ms, member_id LIMIT ? OFFSET ?) AS x
JOIN recipient r ON r.campaign_id = ? AND r.member_id = x.member_id
LEFT JOIN member m ON m.id = r.member_id
ORDER BY r.unsubscribed_ms, r.member_id;

-- name: report-list-complained
-- args: campaign, limit, offset, campaign
:RECIPIENT_ROW
FROM (SELECT member_id FROM recipient
	WHERE campaign_id = ? AND complained_ms IS NOT NULL
	ORDER BY complained_ms, member_id LIMIT ? OFFSET ?) AS x
JOIN recipient r ON r.campaign_id = ? AND r.member_id = x.member_id
LEFT JOIN member m ON m.id = r.member_id
ORDER BY r.complained_ms, r.member_id;

-- name: report-list-clicked
-- Who clicked a link, people and machines. args: link, campaign, limit, offset
:RECIPIENT_ROW, a.n, a.machine
FROM (SELECT campaign_id, member_id, COUNT(*) AS n, MIN(machine) AS machine
	FROM activity WHERE link_id = ? AND campaign_id = ? AND kind = :ACTIVITY_CLICK
	GROUP BY campaign_id, member_id
	ORDER BY member_id LIMIT ? OFFSET ?) AS a
JOIN recipient r ON r.campaign_id = a.campaign_id
	AND r.member_id = a.member_id
LEFT JOIN member m ON m.id = r.member_id
ORDER BY r.member_id;

-- name: report-find-recipient
-- args: campaign, member
:RECIPIENT_ROW
FROM recipient r LEFT JOIN member m ON m.id = r.member_id
WHERE r.campaign_id = ? AND r.member_id = ?;

-- name: report-find-click
-- How often one clicked a link. args: campaign, member, link
SELECT COUNT(*), MIN(machine) FROM activity
WHERE campaign_id = ? AND member_id = ? AND kind = :ACTIVITY_CLICK AND link_id = ?;

-- name: report-events
-- What some recipients did, oldest first; not the link that nobody sees. args:
-- campaign, JSON array of members
SELECT a.member_id, a.kind, a.at_ms, a.machine, a.ip, l.url
FROM activity a
LEFT JOIN campaign_link l ON l.campaign_id = a.campaign_id
	AND l.link_id = a.link_id AND a.kind = :ACTIVITY_CLICK
WHERE a.campaign_id = ? AND a.member_id IN JSON_INTS(?)
	AND (a.kind IN (:ACTIVITY_OPEN, :ACTIVITY_BOUNCE)
		OR (a.kind = :ACTIVITY_CLICK AND l.url IS NOT NULL))
ORDER BY a.member_id, a.at_ms, a.event_id;

-- name: report-links
-- The links of a campaign with people's clicks. args: campaign
SELECT l.link_id, l.hex, l.url, c.n, p.n, t.n
FROM campaign_link l
LEFT JOIN report_kept c ON c.campaign_id = l.campaign_id
	AND c.kind = :KEPT_LINK_CLICKS AND c.part = l.link_id
LEFT JOIN report_kept p ON p.campaign_id = l.campaign_id
	AND p.kind = :KEPT_LINK_PEOPLE AND p.part = l.link_id
LEFT JOIN report_kept t ON t.campaign_id = l.campaign_id
	AND t.kind = :KEPT_LINK_LAST AND t.part = l.link_id
WHERE l.campaign_id = ?
ORDER BY l.link_id;

-- name: report-domains
-- The largest domains of those sent to. args: campaign
SELECT SUBSTR(m.address, INSTR(m.address, '@') + 1) AS domain, COUNT(*),
	CAST(SUM(CASE WHEN r.bounce > 0 THEN 1 ELSE 0 END) AS BIGINT),
	CAST(SUM(CASE WHEN r.opens > 0 THEN 1 ELSE 0 END) AS BIGINT),
	CAST(SUM(CASE WHEN r.clicks > 0 THEN 1 ELSE 0 END) AS BIGINT),
	CAST(SUM(CASE WHEN r.unsubscribed_ms IS NOT NULL THEN 1 ELSE 0 END)
		AS BIGINT)
FROM recipient r JOIN member m ON m.id = r.member_id
WHERE r.campaign_id = ? AND r.sent_seq IS NOT NULL
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5;

-- name: report-domains @pg
SELECT SPLIT_PART(m.address, '@', 2) AS domain, COUNT(*),
	CAST(SUM(CASE WHEN r.bounce > 0 THEN 1 ELSE 0 END) AS BIGINT),
	CAST(SUM(CASE WHEN r.opens > 0 THEN 1 ELSE 0 END) AS BIGINT),
	CAST(SUM(CASE WHEN r.clicks > 0 THEN 1 ELSE 0 END) AS BIGINT),
	CAST(SUM(CASE WHEN r.unsubscribed_ms IS NOT NULL THEN 1 ELSE 0 END)
		AS BIGINT)
FROM recipient r JOIN member m ON m.id = r.member_id
WHERE r.campaign_id = ? AND r.sent_seq IS NOT NULL
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5;

-- name: report-forwards
-- args: campaign
SELECT forwards FROM campaign WHERE id = ?;
