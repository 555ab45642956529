-- schema: crm
-- What campaigns sent to people, see src/crm/timeline/campaign_mail.h. The
-- ledger's email_hash follows the member; that of its address is the one of then.

-- name: campaign-mail-of-person
-- To a person, or to somebody who was merged into them, whichever of them is
-- named; the named one's own first. Somebody who is gone has none.
-- args: person, campaign, person
SELECT r.person_id, r.campaign_id, r.accepted_ms, k.name, k.subject,
	NULLIF(e.address, ''), k.marketing_campaign_id, k.audience_id,
	COALESCE(e.hash, r.email_hash), r.bounced, r.bounced_ms,
	r.unsubscribed_ms, r.complained_ms, r.detail,
	r.variant, CASE WHEN r.variant > 1 THEN k.ab_test END
FROM person q
JOIN person s ON s.id = COALESCE(q.merged_into_id, q.id)
	AND s.erased_ms IS NULL
JOIN person p ON p.id = s.id OR p.merged_into_id = s.id
JOIN campaign_recipient r ON r.person_id = p.id
JOIN campaign k ON k.id = r.campaign_id
LEFT JOIN email e ON e.id = r.email_id
WHERE q.id = ? AND r.campaign_id = ? AND r.accepted_ms IS NOT NULL
ORDER BY CASE WHEN p.id = ? THEN 0 ELSE 1 END, p.id LIMIT 1;

-- name: campaign-mail-of-lead
-- args: campaign, lead
SELECT r.person_id, r.campaign_id, r.accepted_ms, k.name, k.subject,
	NULLIF(e.address, ''), k.marketing_campaign_id, k.audience_id,
	COALESCE(e.hash, r.email_hash), r.bounced, r.bounced_ms,
	r.unsubscribed_ms, r.complained_ms, r.detail,
	r.variant, CASE WHEN r.variant > 1 THEN k.ab_test END
FROM campaign_recipient r
JOIN lead l ON l.id = r.lead_id AND l.erased_ms IS NULL
JOIN person p ON p.id = r.person_id
JOIN campaign k ON k.id = r.campaign_id
LEFT JOIN email e ON e.id = r.email_id
LEFT JOIN person s ON s.id = p.merged_into_id
WHERE r.campaign_id = ? AND r.accepted_ms IS NOT NULL AND r.lead_id = ?
	AND (p.erased_ms IS NULL OR (s.id IS NOT NULL AND s.erased_ms IS NULL))
ORDER BY p.id LIMIT 1;

-- name: campaign-mail-events
-- What people and machines did with these mails: of each the newest. args: JSON
-- array of [campaign, person], how many of each
SELECT x.campaign_id, x.person_id, x.kind, x.at_ms, x.machine, x.url FROM (
	SELECT a.campaign_id AS campaign_id, a.person_id AS person_id,
		a.kind AS kind, a.at_ms AS at_ms, a.machine AS machine,
		l.url AS url, a.link_id AS link_id,
		ROW_NUMBER() OVER (PARTITION BY a.campaign_id, a.person_id
			ORDER BY a.at_ms DESC, a.kind DESC, a.link_id DESC)
			AS place
	FROM json_each(?) t CROSS JOIN campaign_activity a
	LEFT JOIN campaign_link l ON l.id = a.link_id
	WHERE a.campaign_id = json_extract(t.value, '$[0]')
		AND a.person_id = json_extract(t.value, '$[1]')
) x WHERE x.place <= ?
ORDER BY x.campaign_id, x.person_id, x.place;

-- name: campaign-mail-events @pg
SELECT x.campaign_id, x.person_id, x.kind, x.at_ms, x.machine, x.url FROM (
	SELECT a.campaign_id AS campaign_id, a.person_id AS person_id,
		a.kind AS kind, a.at_ms AS at_ms, a.machine AS machine,
		l.url AS url, a.link_id AS link_id,
		ROW_NUMBER() OVER (PARTITION BY a.campaign_id, a.person_id
			ORDER BY a.at_ms DESC, a.kind DESC, a.link_id DESC)
			AS place
	FROM jsonb_array_elements(?::jsonb) AS t (v) CROSS JOIN LATERAL (
		SELECT * FROM campaign_activity c
		WHERE c.campaign_id = (t.v->>0)::bigint
			AND c.person_id = (t.v->>1)::bigint
		OFFSET 0) a
	LEFT JOIN campaign_link l ON l.id = a.link_id
) x WHERE x.place <= ?
ORDER BY x.campaign_id, x.person_id, x.place;

-- name: campaign-mail-hashes
-- All addresses that these people have or had, as subscriber hashes, and whom
-- they were merged into. args: JSON ids
SELECT p.id, e.hash, COALESCE(p.merged_into_id, p.id) FROM person p
LEFT JOIN email e ON e.record_id = COALESCE(p.merged_into_id, p.id)
	AND e.entity = :ENTITY_PERSON
WHERE p.id IN JSON_INTS(?)
ORDER BY p.id, e.id;
