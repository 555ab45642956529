-- schema: crm

-- name: timeline-page
-- Everything of a record with a time, the newest first. Of the branches for
-- campaigns only that of the record's kind gives rows.
-- args: entity, record; entity, record, record; entity, record; entity,
-- record; record, entity (3 times); then the place: at,
-- type, campaign, person, id, and limit
SELECT * FROM (
	SELECT 'communication' AS type, c.at_ms AS at_ms, 0 AS campaign_id,
		0 AS person_id, c.id AS id, c.kind AS kind,
		c.subject AS title, c.body AS body, c.status AS status,
		c.user_id AS user_id
	FROM communication_link l
	JOIN communication c ON c.id = l.communication_id
	WHERE l.entity = ? AND l.record_id = ?
	UNION ALL
	SELECT 'communication', r.accepted_ms, r.campaign_id, r.person_id, 0,
		'email', k.subject, NULL, CASE
		WHEN r.complained_ms IS NOT NULL THEN 'complained'
		WHEN r.unsubscribed_ms IS NOT NULL THEN 'unsubscribed'
		WHEN r.clicked_ms IS NOT NULL THEN 'clicked'
		WHEN r.opened_ms IS NOT NULL THEN 'opened'
		WHEN r.bounced > 0 THEN 'bounced' ELSE 'sent' END, k.user_id
	FROM campaign_recipient r JOIN campaign k ON k.id = r.campaign_id
	WHERE ? = 1 AND r.accepted_ms IS NOT NULL AND (r.person_id = ?
		OR r.person_id IN (SELECT p.id FROM person p
			WHERE p.merged_into_id = ?))
	UNION ALL
	SELECT 'communication', r.accepted_ms, r.campaign_id, r.person_id, 0,
		'email', k.subject, NULL, CASE
		WHEN r.complained_ms IS NOT NULL THEN 'complained'
		WHEN r.unsubscribed_ms IS NOT NULL THEN 'unsubscribed'
		WHEN r.clicked_ms IS NOT NULL THEN 'clicked'
		WHEN r.opened_ms IS NOT NULL THEN 'opened'
		WHEN r.bounced > 0 THEN 'bounced' ELSE 'sent' END, k.user_id
	FROM campaign_recipient r JOIN campaign k ON k.id = r.campaign_id
	WHERE ? = 2 AND r.accepted_ms IS NOT NULL AND r.lead_id = ?
	UNION ALL
	SELECT 'communication', r.accepted_ms, r.campaign_id, r.person_id, 0,
		'email', k.subject, NULL, CASE
		WHEN r.complained_ms IS NOT NULL THEN 'complained'
		WHEN r.unsubscribed_ms IS NOT NULL THEN 'unsubscribed'
		WHEN r.clicked_ms IS NOT NULL THEN 'clicked'
		WHEN r.opened_ms IS NOT NULL THEN 'opened'
		WHEN r.bounced > 0 THEN 'bounced' ELSE 'sent' END, k.user_id
	FROM campaign_recipient r JOIN campaign k ON k.id = r.campaign_id
	WHERE ? = 3 AND r.accepted_ms IS NOT NULL AND r.company_id = ?
	UNION ALL
	SELECT 'note', n.created_ms, 0, 0, n.id, NULL, NULL, n.body, NULL,
		n.user_id
	FROM note n WHERE n.record_id = ? AND n.entity = ?
	UNION ALL
	SELECT 'task', COALESCE(t.done_ms, t.due_ms, t.created_ms), 0, 0, t.id,
		NULL, t.title, NULL, CASE WHEN t.done_ms IS NULL THEN 'open'
		ELSE 'done' END, t.user_id
	FROM task t WHERE t.record_id = ? AND t.entity = ?
	UNION ALL
	SELECT 'consent', o.at_ms, 0, 0, o.id, o.source, NULL, o.reason,
		CASE o.state WHEN :CONSENT_OPTED_OUT THEN 'opted_out' ELSE 'opted_in' END,
		o.user_id
	FROM consent o WHERE o.record_id = ? AND o.entity = ?
) x
WHERE (x.at_ms, x.type, x.campaign_id, x.person_id, x.id) < (?, ?, ?, ?, ?)
ORDER BY x.at_ms DESC, x.type DESC, x.campaign_id DESC, x.person_id DESC,
	x.id DESC
LIMIT ?;
