-- By which program a member opens mails, as it last did; see
-- src/audience/side/mail_client.h. The log of what members changed (0016) has
-- it, too: kind 128.
CREATE TABLE member_client (
	member_id ID PRIMARY KEY,
	client INTEGER NOT NULL
);
CREATE INDEX member_client_of ON member_client (client, member_id);

-- only: sqlite
CREATE TRIGGER member_client_added AFTER INSERT ON member_client BEGIN
	INSERT INTO member_change (kind, of_id, member_id)
	VALUES (128, 0, NEW.member_id);
END;
CREATE TRIGGER member_client_moved AFTER UPDATE ON member_client BEGIN
	INSERT INTO member_change (kind, of_id, member_id)
	VALUES (128, 0, NEW.member_id);
END;
CREATE TRIGGER member_client_removed AFTER DELETE ON member_client BEGIN
	INSERT INTO member_change (kind, of_id, member_id)
	VALUES (128, 0, OLD.member_id);
END;
-- only: pg
CREATE FUNCTION member_clients_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO audience.member_change (kind, of_id, members, member_ids)
	SELECT 128, 0, COUNT(*), array_agg(member_id)
	FROM changed HAVING COUNT(*) > 0;
	RETURN NULL;
END $$;
CREATE TRIGGER member_client_added AFTER INSERT ON member_client
	REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION member_clients_changed();
CREATE TRIGGER member_client_moved AFTER UPDATE ON member_client
	REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION member_clients_changed();
CREATE TRIGGER member_client_removed AFTER DELETE ON member_client
	REFERENCING OLD TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION member_clients_changed();
-- only: any
