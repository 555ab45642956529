-- Which lead a person came of is asked of each recipient of a campaign.
CREATE INDEX lead_converted ON lead (converted_person_id)
WHERE converted_person_id IS NOT NULL;

-- A pull writes many recipients in one statement: what changed of them is noted
-- once a statement, as in the audience (0019). None of what it writes is in an
-- index, so that a row needs no place in any of them where its page has room.
-- only: pg
ALTER TABLE campaign_recipient SET (fillfactor = 60);
DROP TRIGGER campaign_recipient_written ON campaign_recipient;
DROP FUNCTION campaign_recipient_changed();
CREATE FUNCTION campaign_recipients_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO crm.record_change (kind, of_id, records, record_ids)
	SELECT w.kind, w.campaign_id, COUNT(*), array_agg(w.person_id)
	FROM (SELECT n.campaign_id, n.person_id,
			CASE WHEN (o.state IN (2, 4, 5)) <> (n.state IN (2, 4, 5))
				THEN 512 ELSE 0 END
			+ CASE WHEN (o.opened_ms IS NULL) <> (n.opened_ms IS NULL)
				OR (o.machine_opened_ms IS NULL) <> (n.machine_opened_ms IS NULL)
				THEN 1024 ELSE 0 END
			+ CASE WHEN (o.clicked_ms IS NULL) <> (n.clicked_ms IS NULL)
				OR (o.machine_clicked_ms IS NULL) <> (n.machine_clicked_ms IS NULL)
				THEN 2048 ELSE 0 END
			+ CASE WHEN (o.bounced = 0) <> (n.bounced = 0)
				OR (o.unsubscribed_ms IS NULL) <> (n.unsubscribed_ms IS NULL)
				OR (o.complained_ms IS NULL) <> (n.complained_ms IS NULL)
				OR (o.replied_ms IS NULL) <> (n.replied_ms IS NULL)
				THEN 4096 ELSE 0 END AS kind
		FROM before o JOIN after n ON n.campaign_id = o.campaign_id
			AND n.person_id = o.person_id) w
	WHERE w.kind <> 0
	GROUP BY w.kind, w.campaign_id;
	RETURN NULL;
END $$;
CREATE TRIGGER campaign_recipient_written AFTER UPDATE ON campaign_recipient
	REFERENCING OLD TABLE AS before NEW TABLE AS after
	FOR EACH STATEMENT EXECUTE FUNCTION campaign_recipients_written();
-- only: any
