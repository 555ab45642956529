-- Rows of bridge_member of audiences that the bridge drove before: which of
-- their members were its own is needed when it comes back to them.
CREATE TABLE bridge_member_aside (
	audience_id TEXT NOT NULL,
	email_hash TEXT NOT NULL,
	status INTEGER NOT NULL,
	merge_hash TEXT,
	changed_ms BIGINT NOT NULL,
	added_ms BIGINT,
	contact_id TEXT,
	archived_ms BIGINT,
	unsubscribed_ms BIGINT,
	to_forget_ms BIGINT,
	PRIMARY KEY (audience_id, email_hash)
);
