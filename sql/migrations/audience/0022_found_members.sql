-- Who complained, of a list: unsubscribed_by 3.
CREATE INDEX member_complained ON member (list_id, id) WHERE unsubscribed_by = 3;

-- What members are found by (src/audience/side/member_word.h): plain texts, in
-- the order of their bytes.
-- only: sqlite
CREATE TABLE member_word (
	list_id INTEGER NOT NULL,
	word TEXT NOT NULL,
	member_id INTEGER NOT NULL,
	PRIMARY KEY (list_id, word, member_id)
) WITHOUT ROWID;
-- only: pg
CREATE TABLE member_word (
	list_id BIGINT NOT NULL,
	word TEXT COLLATE "C" NOT NULL,
	member_id BIGINT NOT NULL,
	PRIMARY KEY (list_id, word, member_id)
);
-- only: any
CREATE INDEX member_word_of ON member_word (member_id);
-- Members up to this id are in it, but for those that are stale: they changed
-- since. Nobody asked for anything yet: nobody is, and nobody gets stale.
CREATE TABLE member_word_state (
	id ID PRIMARY KEY,
	until_id BIGINT NOT NULL
);
INSERT INTO member_word_state (id, until_id) VALUES (1, 0);
CREATE TABLE member_word_stale (member_id ID PRIMARY KEY);
-- only: sqlite
CREATE TRIGGER member_word_written AFTER UPDATE OF list_id, address, merge ON member
WHEN NEW.id <= (SELECT until_id FROM member_word_state) BEGIN
	INSERT INTO member_word_stale (member_id) VALUES (NEW.id)
	ON CONFLICT (member_id) DO NOTHING;
END;
-- only: pg
-- Who fills the index has the member locked: who changes it afterwards sees how
-- far it is filled.
CREATE FUNCTION member_word_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO audience.member_word_stale (member_id)
	SELECT NEW.id FROM audience.member_word_state WHERE until_id >= NEW.id
	ON CONFLICT (member_id) DO NOTHING;
	RETURN NULL;
END $$;
CREATE TRIGGER member_word_written AFTER UPDATE OF list_id, address, merge ON member
	FOR EACH ROW EXECUTE FUNCTION member_word_written();
-- only: any
