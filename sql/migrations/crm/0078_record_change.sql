-- What records changed, in the order of commits, so that sets of them that are kept
-- in memory catch up (src/sets, src/crm/group/criteria_set.h). Triggers write it,
-- since no statement can forget them. kind, added up: the row itself of a person 1,
-- lead 2, company 4; its addresses 8, 16; its tags 32, 64, 128; 256 it is in, or out
-- of, a static group (of_id); 512 sent to, 1024 opened, 2048 clicked, 4096 bounced,
-- left, complained or replied (of_id: the campaign). record_id 0: it may be any. The
-- oldest rows are removed (change_log_prune).
-- only: sqlite
CREATE TABLE record_change (
	id INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL,
	of_id INTEGER NOT NULL,
	record_id INTEGER NOT NULL
);
CREATE TRIGGER person_added AFTER INSERT ON person
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (1, 0, NEW.id);
END;
CREATE TRIGGER person_removed AFTER DELETE ON person
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (1, 0, OLD.id);
END;
CREATE TRIGGER person_written AFTER UPDATE OF
	first_name, last_name, name_folded, title, job_title, company_id, phone,
	street, city, region, postal_code, country, language, birthday, external_key,
	custom, opted_out, owns_address, erased_ms, import_id, created_ms, updated_ms ON person
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (1, 0, NEW.id);
END;
CREATE TRIGGER lead_added AFTER INSERT ON lead
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (2, 0, NEW.id);
END;
CREATE TRIGGER lead_removed AFTER DELETE ON lead
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (2, 0, OLD.id);
END;
CREATE TRIGGER lead_written AFTER UPDATE OF
	first_name, last_name, name_folded, company_name, job_title, phone,
	street, city, region, postal_code, country, source, status, external_key,
	custom, opted_out, erased_ms, import_id, created_ms, updated_ms ON lead
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (2, 0, NEW.id);
END;
CREATE TRIGGER company_added AFTER INSERT ON company
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (4, 0, NEW.id);
END;
CREATE TRIGGER company_removed AFTER DELETE ON company
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (4, 0, OLD.id);
END;
CREATE TRIGGER company_written AFTER UPDATE OF
	name, name_folded, website, phone, street, city, region,
	postal_code, country, industry, external_key, custom, opted_out, import_id,
	created_ms, updated_ms ON company
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (4, 0, NEW.id);
END;
CREATE TRIGGER email_added AFTER INSERT ON email
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (CASE NEW.entity WHEN 1 THEN 8 WHEN 2 THEN 16 ELSE 0 END, 0, NEW.record_id);
END;
CREATE TRIGGER email_removed AFTER DELETE ON email
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (CASE OLD.entity WHEN 1 THEN 8 WHEN 2 THEN 16 ELSE 0 END, 0, OLD.record_id);
END;
CREATE TRIGGER email_written AFTER UPDATE OF entity, record_id, address, folded, hash,
	ended_ms ON email
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (8 + 16, 0, NEW.record_id);
END;
CREATE TRIGGER email_moved AFTER UPDATE OF entity, record_id ON email
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (8 + 16, 0, OLD.record_id);
END;
CREATE TRIGGER record_tag_added AFTER INSERT ON record_tag
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (CASE NEW.entity WHEN 1 THEN 32 WHEN 2 THEN 64 ELSE 128 END, 0, NEW.record_id);
END;
CREATE TRIGGER record_tag_removed AFTER DELETE ON record_tag
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (CASE OLD.entity WHEN 1 THEN 32 WHEN 2 THEN 64 ELSE 128 END, 0, OLD.record_id);
END;
CREATE TRIGGER tag_written AFTER UPDATE OF name_folded ON tag
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (32 + 64 + 128, 0, 0);
END;
CREATE TRIGGER tag_removed AFTER DELETE ON tag
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (32 + 64 + 128, 0, 0);
END;
CREATE TRIGGER group_member_added AFTER INSERT ON group_member
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (256, NEW.group_id, NEW.record_id);
END;
CREATE TRIGGER group_member_removed AFTER DELETE ON group_member
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (256, OLD.group_id, OLD.record_id);
END;
CREATE TRIGGER group_member_written AFTER UPDATE OF how ON group_member
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (256, NEW.group_id, NEW.record_id);
END;
CREATE TRIGGER group_exclusion_added AFTER INSERT ON group_exclusion
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (256, NEW.group_id, NEW.record_id);
END;
CREATE TRIGGER group_exclusion_removed AFTER DELETE ON group_exclusion
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (256, OLD.group_id, OLD.record_id);
END;
CREATE TRIGGER campaign_recipient_added AFTER INSERT ON campaign_recipient
WHEN NEW.state IN (2, 4, 5) OR NEW.opened_ms IS NOT NULL
	OR NEW.machine_opened_ms IS NOT NULL OR NEW.clicked_ms IS NOT NULL
	OR NEW.machine_clicked_ms IS NOT NULL OR NEW.bounced <> 0
	OR NEW.unsubscribed_ms IS NOT NULL OR NEW.complained_ms IS NOT NULL
	OR NEW.replied_ms IS NOT NULL
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (512 + 1024 + 2048 + 4096, NEW.campaign_id, NEW.person_id);
END;
CREATE TRIGGER campaign_recipient_removed AFTER DELETE ON campaign_recipient
WHEN OLD.state IN (2, 4, 5) OR OLD.opened_ms IS NOT NULL
	OR OLD.machine_opened_ms IS NOT NULL OR OLD.clicked_ms IS NOT NULL
	OR OLD.machine_clicked_ms IS NOT NULL OR OLD.bounced <> 0
	OR OLD.unsubscribed_ms IS NOT NULL OR OLD.complained_ms IS NOT NULL
	OR OLD.replied_ms IS NOT NULL
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (512 + 1024 + 2048 + 4096, OLD.campaign_id, OLD.person_id);
END;
CREATE TRIGGER campaign_recipient_moved AFTER UPDATE OF person_id ON campaign_recipient
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (512 + 1024 + 2048 + 4096, NEW.campaign_id, NEW.person_id);
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (512 + 1024 + 2048 + 4096, NEW.campaign_id, OLD.person_id);
END;
CREATE TRIGGER campaign_recipient_written AFTER UPDATE OF state, opened_ms, machine_opened_ms,
	clicked_ms, machine_clicked_ms, bounced, unsubscribed_ms, complained_ms, replied_ms ON campaign_recipient
WHEN (OLD.state IN (2, 4, 5)) <> (NEW.state IN (2, 4, 5))
	OR (OLD.opened_ms IS NULL) <> (NEW.opened_ms IS NULL)
	OR (OLD.machine_opened_ms IS NULL) <> (NEW.machine_opened_ms IS NULL)
	OR (OLD.clicked_ms IS NULL) <> (NEW.clicked_ms IS NULL)
	OR (OLD.machine_clicked_ms IS NULL) <> (NEW.machine_clicked_ms IS NULL) OR (OLD.bounced = 0) <> (NEW.bounced = 0)
	OR (OLD.unsubscribed_ms IS NULL) <> (NEW.unsubscribed_ms IS NULL)
	OR (OLD.complained_ms IS NULL) <> (NEW.complained_ms IS NULL)
	OR (OLD.replied_ms IS NULL) <> (NEW.replied_ms IS NULL)
BEGIN
	INSERT INTO record_change (kind, of_id, record_id)
	VALUES (CASE WHEN (OLD.state IN (2, 4, 5)) <> (NEW.state IN (2, 4, 5)) THEN 512 ELSE 0 END
		+ CASE WHEN (OLD.opened_ms IS NULL) <> (NEW.opened_ms IS NULL)
			OR (OLD.machine_opened_ms IS NULL) <> (NEW.machine_opened_ms IS NULL) THEN 1024 ELSE 0 END
		+ CASE WHEN (OLD.clicked_ms IS NULL) <> (NEW.clicked_ms IS NULL)
			OR (OLD.machine_clicked_ms IS NULL) <> (NEW.machine_clicked_ms IS NULL) THEN 2048 ELSE 0 END
		+ CASE WHEN (OLD.bounced = 0) <> (NEW.bounced = 0)
			OR (OLD.unsubscribed_ms IS NULL) <> (NEW.unsubscribed_ms IS NULL)
			OR (OLD.complained_ms IS NULL) <> (NEW.complained_ms IS NULL)
			OR (OLD.replied_ms IS NULL) <> (NEW.replied_ms IS NULL) THEN 4096 ELSE 0 END, NEW.campaign_id, NEW.person_id);
END;
-- only: pg
-- A row a statement, where that is known of one at once. Ids of transactions, as they
-- do not commit in the order of any sequence.
CREATE TABLE record_change (
	xid BIGINT NOT NULL DEFAULT XACT_ID,
	kind INTEGER NOT NULL,
	of_id BIGINT NOT NULL,
	records INTEGER NOT NULL,
	record_ids BIGINT[] NOT NULL
);
CREATE INDEX record_change_order ON record_change (xid);
-- Of transactions before this one, rows may be missing.
CREATE TABLE record_change_from (xid BIGINT NOT NULL);
INSERT INTO record_change_from (xid) VALUES (XACT_ID);

CREATE FUNCTION records_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO crm.record_change (kind, of_id, records, record_ids)
	SELECT CAST(TG_ARGV[0] AS INTEGER), 0, COUNT(*), array_agg(id)
	FROM changed HAVING COUNT(*) > 0;
	RETURN NULL;
END $$;
CREATE FUNCTION record_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO crm.record_change (kind, of_id, records, record_ids)
	VALUES (CAST(TG_ARGV[0] AS INTEGER), 0, 1, ARRAY[NEW.id]);
	RETURN NULL;
END $$;
CREATE FUNCTION emails_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO crm.record_change (kind, of_id, records, record_ids)
	SELECT CASE c.entity WHEN 1 THEN 8 WHEN 2 THEN 16 ELSE 0 END, 0, COUNT(*),
		array_agg(c.record_id)
	FROM changed c GROUP BY c.entity;
	RETURN NULL;
END $$;
CREATE FUNCTION email_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO crm.record_change (kind, of_id, records, record_ids)
	VALUES (8 + 16, 0, 2,
		ARRAY[OLD.record_id, NEW.record_id]);
	RETURN NULL;
END $$;
CREATE FUNCTION record_tags_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO crm.record_change (kind, of_id, records, record_ids)
	SELECT CASE c.entity WHEN 1 THEN 32 WHEN 2 THEN 64 ELSE 128 END, 0, COUNT(*),
		array_agg(c.record_id)
	FROM changed c GROUP BY c.entity;
	RETURN NULL;
END $$;
CREATE FUNCTION tags_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO crm.record_change (kind, of_id, records, record_ids)
	VALUES (32 + 64 + 128, 0, 1, ARRAY[0]);
	RETURN NULL;
END $$;
CREATE FUNCTION group_members_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO crm.record_change (kind, of_id, records, record_ids)
	SELECT 256, c.group_id, COUNT(*), array_agg(c.record_id)
	FROM changed c GROUP BY c.group_id;
	RETURN NULL;
END $$;
CREATE FUNCTION group_member_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO crm.record_change (kind, of_id, records, record_ids)
	VALUES (256, NEW.group_id, 1, ARRAY[NEW.record_id]);
	RETURN NULL;
END $$;
CREATE FUNCTION campaign_recipients_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO crm.record_change (kind, of_id, records, record_ids)
	SELECT 512 + 1024 + 2048 + 4096, c.campaign_id, COUNT(*),
		array_agg(c.person_id)
	FROM changed c
	WHERE c.state IN (2, 4, 5) OR c.opened_ms IS NOT NULL
		OR c.machine_opened_ms IS NOT NULL OR c.clicked_ms IS NOT NULL
		OR c.machine_clicked_ms IS NOT NULL OR c.bounced <> 0
		OR c.unsubscribed_ms IS NOT NULL OR c.complained_ms IS NOT NULL
		OR c.replied_ms IS NOT NULL
	GROUP BY c.campaign_id;
	RETURN NULL;
END $$;
CREATE FUNCTION campaign_recipient_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO crm.record_change (kind, of_id, records, record_ids)
	VALUES (512 + 1024 + 2048 + 4096, NEW.campaign_id, 2,
		ARRAY[OLD.person_id, NEW.person_id]);
	RETURN NULL;
END $$;
CREATE FUNCTION campaign_recipient_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO crm.record_change (kind, of_id, records, record_ids)
	VALUES (CASE WHEN (OLD.state IN (2, 4, 5)) <> (NEW.state IN (2, 4, 5)) THEN 512 ELSE 0 END
		+ CASE WHEN (OLD.opened_ms IS NULL) <> (NEW.opened_ms IS NULL)
			OR (OLD.machine_opened_ms IS NULL) <> (NEW.machine_opened_ms IS NULL) THEN 1024 ELSE 0 END
		+ CASE WHEN (OLD.clicked_ms IS NULL) <> (NEW.clicked_ms IS NULL)
			OR (OLD.machine_clicked_ms IS NULL) <> (NEW.machine_clicked_ms IS NULL) THEN 2048 ELSE 0 END
		+ CASE WHEN (OLD.bounced = 0) <> (NEW.bounced = 0)
			OR (OLD.unsubscribed_ms IS NULL) <> (NEW.unsubscribed_ms IS NULL)
			OR (OLD.complained_ms IS NULL) <> (NEW.complained_ms IS NULL)
			OR (OLD.replied_ms IS NULL) <> (NEW.replied_ms IS NULL) THEN 4096 ELSE 0 END,
		NEW.campaign_id, 1, ARRAY[NEW.person_id]);
	RETURN NULL;
END $$;
CREATE TRIGGER person_added AFTER INSERT ON person
	REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION records_changed(1);
CREATE TRIGGER person_removed AFTER DELETE ON person
	REFERENCING OLD TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION records_changed(1);
CREATE TRIGGER person_written AFTER UPDATE OF
	first_name, last_name, name_folded, title, job_title, company_id, phone,
	street, city, region, postal_code, country, language, birthday, external_key,
	custom, opted_out, owns_address, erased_ms, import_id, created_ms, updated_ms ON person
	FOR EACH ROW EXECUTE FUNCTION record_changed(1);
CREATE TRIGGER lead_added AFTER INSERT ON lead
	REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION records_changed(2);
CREATE TRIGGER lead_removed AFTER DELETE ON lead
	REFERENCING OLD TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION records_changed(2);
CREATE TRIGGER lead_written AFTER UPDATE OF
	first_name, last_name, name_folded, company_name, job_title, phone,
	street, city, region, postal_code, country, source, status, external_key,
	custom, opted_out, erased_ms, import_id, created_ms, updated_ms ON lead
	FOR EACH ROW EXECUTE FUNCTION record_changed(2);
CREATE TRIGGER company_added AFTER INSERT ON company
	REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION records_changed(4);
CREATE TRIGGER company_removed AFTER DELETE ON company
	REFERENCING OLD TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION records_changed(4);
CREATE TRIGGER company_written AFTER UPDATE OF
	name, name_folded, website, phone, street, city, region,
	postal_code, country, industry, external_key, custom, opted_out, import_id,
	created_ms, updated_ms ON company
	FOR EACH ROW EXECUTE FUNCTION record_changed(4);
CREATE TRIGGER email_added AFTER INSERT ON email
	REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION emails_changed();
CREATE TRIGGER email_removed AFTER DELETE ON email
	REFERENCING OLD TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION emails_changed();
CREATE TRIGGER email_written AFTER UPDATE OF entity, record_id, address, folded,
	hash, ended_ms ON email
	FOR EACH ROW EXECUTE FUNCTION email_changed();
CREATE TRIGGER record_tag_added AFTER INSERT ON record_tag
	REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION record_tags_changed();
CREATE TRIGGER record_tag_removed AFTER DELETE ON record_tag
	REFERENCING OLD TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION record_tags_changed();
CREATE TRIGGER tag_written AFTER UPDATE OF name_folded ON tag
	FOR EACH STATEMENT EXECUTE FUNCTION tags_changed();
CREATE TRIGGER tag_removed AFTER DELETE ON tag
	FOR EACH STATEMENT EXECUTE FUNCTION tags_changed();
CREATE TRIGGER group_member_added AFTER INSERT ON group_member
	REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION group_members_changed();
CREATE TRIGGER group_member_removed AFTER DELETE ON group_member
	REFERENCING OLD TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION group_members_changed();
CREATE TRIGGER group_exclusion_added AFTER INSERT ON group_exclusion
	REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION group_members_changed();
CREATE TRIGGER group_exclusion_removed AFTER DELETE ON group_exclusion
	REFERENCING OLD TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION group_members_changed();
CREATE TRIGGER group_member_written AFTER UPDATE OF how ON group_member
	FOR EACH ROW EXECUTE FUNCTION group_member_changed();
CREATE TRIGGER campaign_recipient_added AFTER INSERT ON campaign_recipient
	REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION campaign_recipients_changed();
CREATE TRIGGER campaign_recipient_removed AFTER DELETE ON campaign_recipient
	REFERENCING OLD TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION campaign_recipients_changed();
CREATE TRIGGER campaign_recipient_moved AFTER UPDATE OF person_id ON campaign_recipient
	FOR EACH ROW EXECUTE FUNCTION campaign_recipient_moved();
CREATE TRIGGER campaign_recipient_written AFTER UPDATE OF state, opened_ms, machine_opened_ms,
	clicked_ms, machine_clicked_ms, bounced, unsubscribed_ms, complained_ms, replied_ms ON campaign_recipient
	FOR EACH ROW
	WHEN ((OLD.state IN (2, 4, 5)) <> (NEW.state IN (2, 4, 5))
	OR (OLD.opened_ms IS NULL) <> (NEW.opened_ms IS NULL)
	OR (OLD.machine_opened_ms IS NULL) <> (NEW.machine_opened_ms IS NULL)
	OR (OLD.clicked_ms IS NULL) <> (NEW.clicked_ms IS NULL)
	OR (OLD.machine_clicked_ms IS NULL) <> (NEW.machine_clicked_ms IS NULL) OR (OLD.bounced = 0) <> (NEW.bounced = 0)
	OR (OLD.unsubscribed_ms IS NULL) <> (NEW.unsubscribed_ms IS NULL)
	OR (OLD.complained_ms IS NULL) <> (NEW.complained_ms IS NULL)
	OR (OLD.replied_ms IS NULL) <> (NEW.replied_ms IS NULL)) EXECUTE FUNCTION campaign_recipient_changed();
-- only: any
