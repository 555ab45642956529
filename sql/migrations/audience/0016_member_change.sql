-- What members changed, in the order of commits, so that sets of them that are
-- kept in memory catch up (src/audience/sets). Triggers write it, since no
-- statement can forget them. kind, added up: 1 the member's own row, 2 its tags
-- (of_id: the segment), 4 sent to, 8 opened, 16 clicked (of_id: the campaign).
-- Keys never change. The oldest rows are removed (change_log_prune).
-- only: sqlite
CREATE TABLE member_change (
	id INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL,
	of_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL
);
CREATE TRIGGER member_added AFTER INSERT ON member BEGIN
	INSERT INTO member_change (kind, of_id, member_id) VALUES (1, 0, NEW.id);
END;
CREATE TRIGGER member_removed AFTER DELETE ON member BEGIN
	INSERT INTO member_change (kind, of_id, member_id) VALUES (1, 0, OLD.id);
END;
CREATE TRIGGER member_written AFTER UPDATE OF list_id, address, status, merge,
	language, vip, rating, source, opt_ms, changed_ms ON member BEGIN
	INSERT INTO member_change (kind, of_id, member_id) VALUES (1, 0, NEW.id);
END;
CREATE TRIGGER segment_member_added AFTER INSERT ON segment_member BEGIN
	INSERT INTO member_change (kind, of_id, member_id)
	VALUES (2, NEW.segment_id, NEW.member_id);
END;
CREATE TRIGGER segment_member_removed AFTER DELETE ON segment_member BEGIN
	INSERT INTO member_change (kind, of_id, member_id)
	VALUES (2, OLD.segment_id, OLD.member_id);
END;
CREATE TRIGGER recipient_added AFTER INSERT ON recipient
WHEN NEW.sent_seq IS NOT NULL BEGIN
	INSERT INTO member_change (kind, of_id, member_id)
	VALUES (4 + 8 + 16, NEW.campaign_id, NEW.member_id);
END;
CREATE TRIGGER recipient_removed AFTER DELETE ON recipient
WHEN OLD.sent_seq IS NOT NULL BEGIN
	INSERT INTO member_change (kind, of_id, member_id)
	VALUES (4 + 8 + 16, OLD.campaign_id, OLD.member_id);
END;
CREATE TRIGGER recipient_written AFTER UPDATE OF sent_seq, opens, clicks ON recipient
WHEN (OLD.sent_seq IS NULL) <> (NEW.sent_seq IS NULL)
	OR (OLD.opens > 0) <> (NEW.opens > 0)
	OR (OLD.clicks > 0) <> (NEW.clicks > 0)
BEGIN
	INSERT INTO member_change (kind, of_id, member_id)
	VALUES (CASE WHEN (OLD.sent_seq IS NULL) <> (NEW.sent_seq IS NULL)
			THEN 4 ELSE 0 END
		+ CASE WHEN OLD.opens > 0 OR NEW.opens > 0 THEN 8 ELSE 0 END
		+ CASE WHEN OLD.clicks > 0 OR NEW.clicks > 0 THEN 16 ELSE 0 END,
		NEW.campaign_id, NEW.member_id);
END;
-- only: pg
-- A row a statement, where that is known of one at once: under 4 us a member, not
-- 14. Ids of transactions, as they do not commit in the order of any sequence.
CREATE TABLE member_change (
	xid BIGINT NOT NULL DEFAULT XACT_ID,
	kind INTEGER NOT NULL,
	of_id BIGINT NOT NULL,
	members INTEGER NOT NULL,
	member_ids BIGINT[] NOT NULL
);
CREATE INDEX member_change_order ON member_change (xid);
-- Of transactions before this one, rows may be missing.
CREATE TABLE member_change_from (xid BIGINT NOT NULL);
INSERT INTO member_change_from (xid) VALUES (XACT_ID);

CREATE FUNCTION member_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO audience.member_change (kind, of_id, members, member_ids)
	VALUES (1, 0, 1, ARRAY[NEW.id]);
	RETURN NULL;
END $$;
CREATE FUNCTION members_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO audience.member_change (kind, of_id, members, member_ids)
	SELECT 1, 0, COUNT(*), array_agg(id) FROM changed HAVING COUNT(*) > 0;
	RETURN NULL;
END $$;
CREATE FUNCTION segment_members_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO audience.member_change (kind, of_id, members, member_ids)
	SELECT 2, segment_id, COUNT(*), array_agg(member_id)
	FROM changed GROUP BY segment_id;
	RETURN NULL;
END $$;
CREATE FUNCTION recipient_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO audience.member_change (kind, of_id, members, member_ids)
	VALUES (CASE WHEN (OLD.sent_seq IS NULL) <> (NEW.sent_seq IS NULL)
			THEN 4 ELSE 0 END
		+ CASE WHEN OLD.opens > 0 OR NEW.opens > 0 THEN 8 ELSE 0 END
		+ CASE WHEN OLD.clicks > 0 OR NEW.clicks > 0 THEN 16 ELSE 0 END,
		NEW.campaign_id, 1, ARRAY[NEW.member_id]);
	RETURN NULL;
END $$;
CREATE FUNCTION recipients_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO audience.member_change (kind, of_id, members, member_ids)
	SELECT 4 + 8 + 16, campaign_id, COUNT(*), array_agg(member_id)
	FROM changed WHERE sent_seq IS NOT NULL GROUP BY campaign_id;
	RETURN NULL;
END $$;

CREATE TRIGGER member_added AFTER INSERT ON member
	REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION members_changed();
CREATE TRIGGER member_removed AFTER DELETE ON member
	REFERENCING OLD TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION members_changed();
CREATE TRIGGER member_written AFTER UPDATE OF list_id, address, status, merge,
	language, vip, rating, source, opt_ms, changed_ms ON member
	FOR EACH ROW EXECUTE FUNCTION member_changed();
CREATE TRIGGER segment_member_added AFTER INSERT ON segment_member
	REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION segment_members_changed();
CREATE TRIGGER segment_member_removed AFTER DELETE ON segment_member
	REFERENCING OLD TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION segment_members_changed();
CREATE TRIGGER recipient_added AFTER INSERT ON recipient
	REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION recipients_changed();
CREATE TRIGGER recipient_removed AFTER DELETE ON recipient
	REFERENCING OLD TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION recipients_changed();
CREATE TRIGGER recipient_written AFTER UPDATE OF sent_seq, opens, clicks ON recipient
	FOR EACH ROW
	WHEN ((OLD.sent_seq IS NULL) <> (NEW.sent_seq IS NULL)
		OR (OLD.opens > 0) <> (NEW.opens > 0)
		OR (OLD.clicks > 0) <> (NEW.clicks > 0))
	EXECUTE FUNCTION recipient_changed();
-- only: any
