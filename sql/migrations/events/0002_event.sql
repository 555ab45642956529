-- The log of what happened to messages, applied to the audience by a cursor.
-- kind: enum event_kind of delivery/event.h.
CREATE TABLE event (
	id SERIAL_ID,
	xid BIGINT NOT NULL DEFAULT XACT_ID,
	at_ms BIGINT NOT NULL,
	kind INTEGER NOT NULL,
	campaign_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	link_id INTEGER NOT NULL DEFAULT 0,
	code INTEGER NOT NULL DEFAULT 0, -- of the relay; flags of a hit
	ip TEXT,
	agent TEXT,
	detail TEXT,
	instance TEXT
);
CREATE INDEX event_order ON event (xid, id);

-- The mail catcher: where each message lies in the files of <data>/outbox.
CREATE TABLE outbox_message (
	id SERIAL_ID,
	at_ms BIGINT NOT NULL,
	campaign_id BIGINT,
	sender TEXT NOT NULL,
	rcpt TEXT NOT NULL,
	subject TEXT,
	file INTEGER NOT NULL,
	file_offset BIGINT NOT NULL,
	size_bytes BIGINT NOT NULL
);
CREATE INDEX outbox_message_rcpt ON outbox_message (rcpt, id);
