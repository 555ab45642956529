-- schema: audience

-- name: member-activity-page
-- What a member got and did, newest first; kind 0 is "sent", the others are
-- those of the table activity. Hits of machines are left out.
-- args: member, member, member, kinds (bits), limit, offset
SELECT x.kind, x.at_ms, c.hex, c.type, c.settings, l.url, COALESCE(g.variant, 0)
FROM (
	SELECT a.kind AS kind, a.at_ms AS at_ms, a.campaign_id AS campaign_id,
		a.link_id AS link_id, a.event_id AS event_id
	FROM activity a WHERE a.member_id = ? AND a.machine = 0
	UNION ALL
	SELECT 0, CASE WHEN r.first_ms > 0 THEN r.first_ms ELSE r.at_ms END,
		r.campaign_id, 0, 0
	FROM recipient r WHERE r.member_id = ? AND r.sent_seq IS NOT NULL
) AS x
JOIN campaign c ON c.id = x.campaign_id
LEFT JOIN campaign_link l ON l.campaign_id = x.campaign_id
	AND l.link_id = x.link_id
LEFT JOIN recipient g ON g.campaign_id = x.campaign_id AND g.member_id = ?
WHERE (CAST(? AS INTEGER) >> x.kind) & 1 = 1
ORDER BY x.at_ms DESC, x.event_id DESC, x.campaign_id DESC
LIMIT ? OFFSET ?;

-- name: member-activity-count
-- args: member, kinds (bits), and both again
SELECT (SELECT COUNT(*) FROM activity a
		WHERE a.member_id = ? AND a.machine = 0
			AND (CAST(? AS INTEGER) >> a.kind) & 1 = 1)
	+ (SELECT COUNT(*) FROM recipient r
		WHERE r.member_id = ? AND r.sent_seq IS NOT NULL
			AND CAST(? AS INTEGER) & 1 = 1);
