-- Members in the order of their addresses, for lists that are looked through.
-- only: sqlite
CREATE INDEX member_in_order ON member (list_id, address);
-- only: pg
CREATE INDEX member_in_order ON member (list_id, address COLLATE "C", id);
-- only: any
-- Who unsubscribed a member by hand, see src/audience/side/unsubscriber.h.
CREATE TABLE member_unsubscriber (
	member_id ID PRIMARY KEY,
	at_ms BIGINT NOT NULL, -- that of member.unsubscribed_ms then
	done_by TEXT NOT NULL -- the name of a user
);
