-- Marketing permissions are interests of a category of their own (form 5). When
-- a member gave or took one, and who said so: source 1 the contact 2 somebody in
-- our own pages 3 the API, said_by the name of a user. Kept as long as both are.
CREATE TABLE permission_said (
	id SERIAL_ID,
	member_id BIGINT NOT NULL,
	interest_id BIGINT NOT NULL,
	given INTEGER NOT NULL,
	at_ms BIGINT NOT NULL,
	source INTEGER NOT NULL,
	said_by TEXT
);
CREATE INDEX permission_said_member ON permission_said (member_id);
CREATE INDEX permission_said_interest ON permission_said (interest_id);
