-- The sender and the applier write many recipients in one statement: what changed
-- of them is noted once a statement, see 0016_member_change.sql.
-- only: pg
DROP TRIGGER recipient_written ON recipient;
DROP FUNCTION recipient_changed();
CREATE FUNCTION recipients_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO audience.member_change (kind, of_id, members, member_ids)
	SELECT c.kind, c.campaign_id, COUNT(*), array_agg(c.member_id)
	FROM (SELECT n.campaign_id, n.member_id,
			CASE WHEN (o.sent_seq IS NULL) <> (n.sent_seq IS NULL)
				THEN 4 ELSE 0 END
			+ CASE WHEN o.opens > 0 OR n.opens > 0 THEN 8 ELSE 0 END
			+ CASE WHEN o.clicks > 0 OR n.clicks > 0 THEN 16 ELSE 0 END
			AS kind
		FROM before o JOIN after n ON n.campaign_id = o.campaign_id
			AND n.member_id = o.member_id
		WHERE (o.sent_seq IS NULL) <> (n.sent_seq IS NULL)
			OR (o.opens > 0) <> (n.opens > 0)
			OR (o.clicks > 0) <> (n.clicks > 0)) c
	GROUP BY c.kind, c.campaign_id;
	RETURN NULL;
END $$;
CREATE TRIGGER recipient_written AFTER UPDATE ON recipient
	REFERENCING OLD TABLE AS before NEW TABLE AS after
	FOR EACH STATEMENT EXECUTE FUNCTION recipients_written();
-- only: any
