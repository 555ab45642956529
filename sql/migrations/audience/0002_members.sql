-- Audiences, members, merge fields, segments, webhooks. `list` is the API's
-- word for an audience; hex is its public id (10 digits).
CREATE TABLE list (
	id SERIAL_ID,
	hex TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	is_master INTEGER NOT NULL DEFAULT 0,
	contact TEXT NOT NULL, -- JSON
	permission_reminder TEXT NOT NULL,
	campaign_defaults TEXT NOT NULL, -- JSON
	email_type_option INTEGER NOT NULL DEFAULT 0,
	use_archive_bar INTEGER NOT NULL DEFAULT 0,
	double_optin INTEGER NOT NULL DEFAULT 0,
	marketing_permissions INTEGER NOT NULL DEFAULT 0,
	notify_on_subscribe TEXT NOT NULL DEFAULT '',
	notify_on_unsubscribe TEXT NOT NULL DEFAULT '',
	visibility TEXT NOT NULL DEFAULT 'prv',
	created_ms BIGINT NOT NULL,
	deleted_ms BIGINT
);

-- status: 1 subscribed 2 unsubscribed 3 cleaned 4 pending 5 transactional
-- 6 archived. unsubscribed_by: 0 not, 1 the API or a user, 2 the contact,
-- 3 a complaint. merge: JSON object of values by merge_id ("1": "Ann").
CREATE TABLE member (
	id ID PRIMARY KEY,
	list_id BIGINT NOT NULL,
	address TEXT NOT NULL, -- the folded one; of a forgotten one: its keyed hash
	email_hash TEXT NOT NULL,
	unique_id TEXT NOT NULL, -- unique_email_id, 10 hex
	status INTEGER NOT NULL,
	unsubscribed_by INTEGER NOT NULL DEFAULT 0,
	unsubscribe_reason TEXT,
	email_type INTEGER NOT NULL DEFAULT 1, -- 1 html 2 text
	merge TEXT NOT NULL DEFAULT '{}',
	language TEXT NOT NULL DEFAULT '',
	vip INTEGER NOT NULL DEFAULT 0,
	rating INTEGER NOT NULL DEFAULT 2,
	source TEXT NOT NULL DEFAULT 'API - Generic',
	ip_signup TEXT NOT NULL DEFAULT '',
	ip_opt TEXT NOT NULL DEFAULT '',
	signup_ms BIGINT NOT NULL DEFAULT 0,
	opt_ms BIGINT NOT NULL DEFAULT 0,
	changed_ms BIGINT NOT NULL, -- last_changed
	soft_bounces INTEGER NOT NULL DEFAULT 0,
	unsubscribed_ms BIGINT,
	unsubscribed_campaign_id BIGINT
);
-- status and opt_ms: figures since a send are counted from the index alone
CREATE INDEX member_changed ON member (list_id, changed_ms, id, status, opt_ms);
CREATE INDEX member_status ON member (list_id, status, id);

CREATE TABLE member_address (
	list_id BIGINT NOT NULL,
	email_hash TEXT NOT NULL,
	member_id BIGINT NOT NULL,
	PRIMARY KEY (list_id, email_hash)
) WITHOUT ROWID;

-- Addresses that were permanently deleted: only their keyed hash is left.
CREATE TABLE forgotten (
	list_id BIGINT NOT NULL,
	keyed_hash TEXT NOT NULL,
	at_ms BIGINT NOT NULL,
	PRIMARY KEY (list_id, keyed_hash)
);
-- For all audiences. reason: complaint, erasure, manual
CREATE TABLE suppression (
	keyed_hash TEXT PRIMARY KEY,
	reason TEXT NOT NULL,
	at_ms BIGINT NOT NULL
);

CREATE TABLE merge_field (
	list_id BIGINT NOT NULL,
	merge_id INTEGER NOT NULL,
	tag TEXT NOT NULL,
	name TEXT NOT NULL,
	type TEXT NOT NULL,
	required INTEGER NOT NULL DEFAULT 0,
	default_value TEXT NOT NULL DEFAULT '',
	is_public INTEGER NOT NULL DEFAULT 0,
	display_order INTEGER NOT NULL DEFAULT 0,
	options TEXT NOT NULL DEFAULT '{}', -- JSON
	help_text TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (list_id, merge_id),
	UNIQUE (list_id, tag)
);

-- kind: 1 static (a tag), 2 saved (conditions)
CREATE TABLE segment (
	id SERIAL_ID,
	list_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	kind INTEGER NOT NULL,
	conditions TEXT, -- JSON {"match", "conditions"} of a saved one
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL
);
CREATE INDEX segment_name ON segment (list_id, name);
CREATE UNIQUE INDEX segment_tag ON segment (list_id, name) WHERE kind = 1;
CREATE TABLE segment_member (
	segment_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	PRIMARY KEY (segment_id, member_id)
) WITHOUT ROWID;
CREATE INDEX segment_member_of ON segment_member (member_id, segment_id);

-- events and sources: JSON objects of booleans, as in the API
CREATE TABLE webhook (
	id SERIAL_ID,
	hex TEXT NOT NULL UNIQUE,
	list_id BIGINT NOT NULL,
	url TEXT NOT NULL,
	events TEXT NOT NULL,
	sources TEXT NOT NULL,
	disabled_ms BIGINT,
	created_ms BIGINT NOT NULL
);
CREATE INDEX webhook_list ON webhook (list_id);
