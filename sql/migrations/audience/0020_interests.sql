-- Interests of a list, in categories, and who has chosen them. hex: the public
-- id (10 digits); folded: without case, so that a name is there once. form: 1
-- checkboxes 2 dropdown 3 radio 4 hidden.
CREATE TABLE interest_category (
	id SERIAL_ID,
	hex TEXT NOT NULL UNIQUE,
	list_id BIGINT NOT NULL,
	title TEXT NOT NULL,
	folded TEXT NOT NULL,
	form INTEGER NOT NULL,
	display_order BIGINT NOT NULL,
	UNIQUE (list_id, folded)
);
CREATE TABLE interest (
	id SERIAL_ID,
	hex TEXT NOT NULL UNIQUE,
	list_id BIGINT NOT NULL,
	category_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	folded TEXT NOT NULL,
	display_order BIGINT NOT NULL,
	UNIQUE (category_id, folded)
);
CREATE INDEX interest_list ON interest (list_id);
CREATE TABLE member_interest (
	interest_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	PRIMARY KEY (interest_id, member_id)
) WITHOUT ROWID;
CREATE INDEX member_interest_of ON member_interest (member_id, interest_id);

-- The log of what members changed (0016) has them, too. kind 32 (of_id: the
-- interest).
-- only: sqlite
CREATE TRIGGER member_interest_added AFTER INSERT ON member_interest BEGIN
	INSERT INTO member_change (kind, of_id, member_id)
	VALUES (32, NEW.interest_id, NEW.member_id);
END;
CREATE TRIGGER member_interest_removed AFTER DELETE ON member_interest BEGIN
	INSERT INTO member_change (kind, of_id, member_id)
	VALUES (32, OLD.interest_id, OLD.member_id);
END;
-- only: pg
CREATE FUNCTION member_interests_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO audience.member_change (kind, of_id, members, member_ids)
	SELECT 32, interest_id, COUNT(*), array_agg(member_id)
	FROM changed GROUP BY interest_id;
	RETURN NULL;
END $$;
CREATE TRIGGER member_interest_added AFTER INSERT ON member_interest
	REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION member_interests_changed();
CREATE TRIGGER member_interest_removed AFTER DELETE ON member_interest
	REFERENCING OLD TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION member_interests_changed();
-- only: any
