-- schema: crm

-- name: timeline-page
-- Everything of a record with a time, the newest first. Which rows stand on the
-- page is found out by keys alone; what they say is read for those only, because
-- a campaign's row is as long as its HTML. A flag says whether a branch gives
-- rows: of those for campaigns only that of the record's kind does.
-- args: flag, entity, record; flag, record, record; flag, record; flag, record;
-- flag, record, entity (3 times); flag, record (3 times); then the place: at, type, campaign, person,
-- id, and limit
SELECT x.type, x.at_ms, x.campaign_id, x.person_id, x.id, x.kind,
	CASE WHEN x.campaign_id > 0 THEN k.subject ELSE x.title END, x.body,
	CASE WHEN x.campaign_id = 0 THEN x.status
		WHEN r.complained_ms IS NOT NULL THEN 'complained'
		WHEN r.unsubscribed_ms IS NOT NULL THEN 'unsubscribed'
		WHEN r.clicked_ms IS NOT NULL THEN 'clicked'
		WHEN r.opened_ms IS NOT NULL THEN 'opened'
		WHEN r.bounced > 0 THEN 'bounced'
		WHEN r.caught <> 0 THEN 'caught' ELSE 'sent' END,
	CASE WHEN x.campaign_id > 0 THEN k.user_id ELSE x.user_id END,
	x.direction, u.name, k.name, k.subject, NULLIF(e.address, ''),
	k.marketing_campaign_id, k.audience_id,
	COALESCE(e.hash, r.email_hash), r.bounced,
	r.bounced_ms, r.unsubscribed_ms, r.complained_ms, r.detail,
	r.variant, CASE WHEN r.variant > 1 THEN k.ab_test END
FROM (
	SELECT * FROM (
		SELECT 'communication' AS type, c.at_ms AS at_ms, 0 AS campaign_id,
			0 AS person_id, c.id AS id, c.kind AS kind,
			c.subject AS title, c.body AS body, c.status AS status,
			c.user_id AS user_id, c.direction AS direction,
			0 AS email_id, 0 AS about_id, 0 AS about_person
		FROM communication_link l
		JOIN communication c ON c.id = l.communication_id
		WHERE ? = 1 AND l.entity = ? AND l.record_id = ?
		UNION ALL
		SELECT 'communication', r.accepted_ms, r.campaign_id, r.person_id, 0,
			'email', NULL, NULL, NULL, NULL, 'out', NULL,
			r.campaign_id, r.person_id
		FROM campaign_recipient r
		WHERE ? = 1 AND r.accepted_ms IS NOT NULL AND r.person_id IN (
			SELECT p.id FROM person p
			WHERE p.id = ? OR p.merged_into_id = ?)
		UNION ALL
		SELECT 'communication', r.accepted_ms, r.campaign_id, r.person_id, 0,
			'email', NULL, NULL, NULL, NULL, 'out', NULL,
			r.campaign_id, r.person_id
		FROM campaign_recipient r
		WHERE ? = 1 AND r.accepted_ms IS NOT NULL AND r.lead_id = ?
		UNION ALL
		SELECT 'communication', r.accepted_ms, r.campaign_id, r.person_id, 0,
			'email', NULL, NULL, NULL, NULL, 'out', NULL,
			r.campaign_id, r.person_id
		FROM campaign_recipient r
		WHERE ? = 1 AND r.accepted_ms IS NOT NULL AND r.company_id = ?
		UNION ALL
		SELECT 'note', n.created_ms, 0, 0, n.id, NULL, NULL, n.body, NULL,
			n.user_id, NULL, 0, 0, 0
		FROM note n WHERE ? = 1 AND n.record_id = ? AND n.entity = ?
		UNION ALL
		SELECT 'task', COALESCE(t.done_ms, t.due_ms, t.created_ms), 0, 0, t.id,
			NULL, t.title, NULL, CASE WHEN t.done_ms IS NULL THEN 'open'
			ELSE 'done' END, t.user_id, NULL, 0, 0, 0
		FROM task t WHERE ? = 1 AND t.record_id = ? AND t.entity = ?
		UNION ALL
		SELECT 'consent', o.at_ms, 0, 0, o.id, o.source,
			CASE WHEN o.source = 'import' THEN (SELECT i.file_name
				FROM import_run i WHERE i.id = o.import_id)
				ELSE NULLIF(o.form, '') END,
			o.reason,
			CASE o.state WHEN :CONSENT_OPTED_OUT THEN 'opted_out' ELSE 'opted_in' END,
			o.user_id, NULL, o.email_id, o.campaign_id,
			CASE o.entity WHEN :ENTITY_PERSON THEN o.record_id ELSE 0 END
		FROM consent o WHERE ? = 1 AND o.record_id = ? AND o.entity = ?
		UNION ALL
		SELECT 'import', p.created_ms, 0, 0, i.id, NULL, i.file_name, NULL, NULL,
			i.user_id, NULL, 0, 0, 0
		FROM person p JOIN import_run i ON i.id = p.import_id
		WHERE ? = 1 AND p.id = ?
		UNION ALL
		SELECT 'import', p.created_ms, 0, 0, i.id, NULL, i.file_name, NULL, NULL,
			i.user_id, NULL, 0, 0, 0
		FROM lead p JOIN import_run i ON i.id = p.import_id
		WHERE ? = 1 AND p.id = ?
		UNION ALL
		SELECT 'import', p.created_ms, 0, 0, i.id, NULL, i.file_name, NULL, NULL,
			i.user_id, NULL, 0, 0, 0
		FROM company p JOIN import_run i ON i.id = p.import_id
		WHERE ? = 1 AND p.id = ?
	) y
	WHERE (y.at_ms, y.type, y.campaign_id, y.person_id, y.id) < (?, ?, ?, ?, ?)
	ORDER BY y.at_ms DESC, y.type DESC, y.campaign_id DESC, y.person_id DESC,
		y.id DESC
	LIMIT ?
) x
LEFT JOIN campaign_recipient r ON r.campaign_id = x.about_id
	AND r.person_id = x.about_person
LEFT JOIN campaign k ON k.id = x.about_id
LEFT JOIN email e ON e.id = COALESCE(x.email_id, r.email_id)
LEFT JOIN app_user u ON u.id = CASE WHEN x.campaign_id > 0 THEN k.user_id
	ELSE x.user_id END
ORDER BY x.at_ms DESC, x.type DESC, x.campaign_id DESC, x.person_id DESC,
	x.id DESC;

-- name: timeline-imports
-- Was a record made by an import that is still known? args: entity, record, the
-- same twice
SELECT (SELECT COUNT(*) FROM person p JOIN import_run i ON i.id = p.import_id
		WHERE CAST(? AS INTEGER) = :ENTITY_PERSON AND p.id = ?)
	+ (SELECT COUNT(*) FROM lead p JOIN import_run i ON i.id = p.import_id
		WHERE CAST(? AS INTEGER) = :ENTITY_LEAD AND p.id = ?)
	+ (SELECT COUNT(*) FROM company p JOIN import_run i ON i.id = p.import_id
		WHERE CAST(? AS INTEGER) = :ENTITY_COMPANY AND p.id = ?);
