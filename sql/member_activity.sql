-- schema: audience

-- name: member-activity-page
-- What a member got and did, newest first; kind 0 is "sent", 4 and 5 are
-- unsubscribing and complaining, 7 is a permission, the others are those of the
-- table activity. Hits of machines are left out.
-- args: member (7 times), kinds (bits), limit, offset
SELECT x.kind, x.at_ms, COALESCE(c.hex, ''), COALESCE(c.type, ''), c.settings,
	l.url, COALESCE(p.hex, ''), r.bounce, r.opens,
	CASE WHEN m.unsubscribed_campaign_id = x.campaign_id
		THEN m.unsubscribe_reason END,
	CASE WHEN r.variant < :VARIATE_LAST THEN r.variant % :VARIATE_REST
		ELSE 0 END,
	i.name, s.given, s.source, s.said_by
FROM (
	SELECT a.kind AS kind, a.at_ms AS at_ms, a.campaign_id AS campaign_id,
		a.link_id AS link_id, a.event_id AS event_id
	FROM activity a WHERE a.member_id = ? AND a.machine = 0
	UNION ALL
	SELECT 0, CASE WHEN r.first_ms > 0 THEN r.first_ms ELSE r.at_ms END,
		r.campaign_id, 0, 0
	FROM recipient r WHERE r.member_id = ? AND r.sent_seq IS NOT NULL
	UNION ALL
	SELECT 4, r.unsubscribed_ms, r.campaign_id, 0, 0
	FROM recipient r WHERE r.member_id = ? AND +r.unsubscribed_ms IS NOT NULL
	UNION ALL
	SELECT 5, r.complained_ms, r.campaign_id, 0, 0
	FROM recipient r WHERE r.member_id = ? AND +r.complained_ms IS NOT NULL
	UNION ALL
	SELECT 7, s.at_ms, 0, 0, s.id FROM permission_said s WHERE s.member_id = ?
) AS x
LEFT JOIN campaign c ON c.id = x.campaign_id
LEFT JOIN permission_said s ON x.kind = :ACTIVITY_PERMISSION AND s.id = x.event_id
LEFT JOIN interest i ON i.id = s.interest_id
LEFT JOIN campaign p ON p.id = c.parent_id
LEFT JOIN recipient r ON r.campaign_id = x.campaign_id AND r.member_id = ?
LEFT JOIN member m ON m.id = ?
LEFT JOIN campaign_link l ON l.campaign_id = x.campaign_id
	AND l.link_id = x.link_id
WHERE (CAST(? AS INTEGER) >> x.kind) & 1 = 1
	AND (c.id IS NOT NULL OR i.id IS NOT NULL)
ORDER BY x.at_ms DESC, x.event_id DESC, x.campaign_id DESC
LIMIT ? OFFSET ?;

-- name: member-activity-count
-- args: member, kinds (bits), kinds, kinds, kinds, member, kinds, member
SELECT (SELECT COUNT(*) FROM activity a
		WHERE a.member_id = ? AND a.machine = 0
			AND (CAST(? AS INTEGER) >> a.kind) & 1 = 1)
	+ (SELECT COALESCE(SUM(
			CASE WHEN r.sent_seq IS NOT NULL THEN CAST(? AS INTEGER) & 1 ELSE 0 END
			+ CASE WHEN r.unsubscribed_ms IS NOT NULL THEN (CAST(? AS INTEGER) >> 4) & 1 ELSE 0 END
			+ CASE WHEN r.complained_ms IS NOT NULL THEN (CAST(? AS INTEGER) >> 5) & 1 ELSE 0 END), 0)
		FROM recipient r WHERE r.member_id = ?)
	+ (SELECT COUNT(*) FROM permission_said s
		WHERE (CAST(? AS INTEGER) >> 7) & 1 = 1 AND s.member_id = ?);
