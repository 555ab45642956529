-- The log of what members changed (0016) has where they are, too. kind 64.
-- only: sqlite
CREATE TRIGGER member_place_added AFTER INSERT ON member_place BEGIN
	INSERT INTO member_change (kind, of_id, member_id)
	VALUES (64, 0, NEW.member_id);
END;
CREATE TRIGGER member_place_moved AFTER UPDATE ON member_place BEGIN
	INSERT INTO member_change (kind, of_id, member_id)
	VALUES (64, 0, NEW.member_id);
END;
CREATE TRIGGER member_place_removed AFTER DELETE ON member_place BEGIN
	INSERT INTO member_change (kind, of_id, member_id)
	VALUES (64, 0, OLD.member_id);
END;
-- only: pg
CREATE FUNCTION member_places_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO audience.member_change (kind, of_id, members, member_ids)
	SELECT 64, 0, COUNT(*), array_agg(member_id)
	FROM changed HAVING COUNT(*) > 0;
	RETURN NULL;
END $$;
CREATE TRIGGER member_place_added AFTER INSERT ON member_place
	REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION member_places_changed();
CREATE TRIGGER member_place_moved AFTER UPDATE ON member_place
	REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION member_places_changed();
CREATE TRIGGER member_place_removed AFTER DELETE ON member_place
	REFERENCING OLD TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION member_places_changed();
-- only: any
