-- The country of a member: its two letters, as it said last (member_decide.c). Of
-- those that are there, what the first of their addresses says as a code.
ALTER TABLE member ADD COLUMN country TEXT NOT NULL DEFAULT '';
-- only: sqlite
UPDATE member SET country = COALESCE((
	SELECT upper(json_extract(member.merge, '$."' || f.merge_id || '".country'))
	FROM merge_field f
	WHERE f.list_id = member.list_id AND f.type = 'address'
		AND length(json_extract(member.merge,
			'$."' || f.merge_id || '".country')) = 2
	ORDER BY f.merge_id LIMIT 1), '')
WHERE merge LIKE '%"country":"__"%';
-- only: pg
UPDATE member SET country = COALESCE((
	SELECT upper(member.merge::json -> CAST(f.merge_id AS TEXT) ->> 'country')
	FROM merge_field f
	WHERE f.list_id = member.list_id AND f.type = 'address'
		AND length(member.merge::json -> CAST(f.merge_id AS TEXT)
			->> 'country') = 2
	ORDER BY f.merge_id LIMIT 1), '')
WHERE merge LIKE '%"country":"__"%';
-- only: any
CREATE INDEX member_country ON member (list_id, status, country)
WHERE country <> '';
-- What readers sent on, for the account's feed.
CREATE INDEX campaign_forwarded ON campaign (send_ms) WHERE forwards > 0;
