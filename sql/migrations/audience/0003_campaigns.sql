-- Campaigns of the audience engine, the ledger, and what recipients did.
-- status: 1 save 2 paused 3 schedule 4 sending 5 sent 6 canceled 7 canceling
-- 8 archived. JSON columns hold the API's objects as given.
CREATE TABLE campaign (
	id SERIAL_ID, -- also the API's web_id
	hex TEXT NOT NULL UNIQUE,
	list_id BIGINT,
	type TEXT NOT NULL,
	status INTEGER NOT NULL,
	settings TEXT NOT NULL,
	segment_id BIGINT, -- of recipients; 0: none
	segment_opts TEXT, -- JSON of recipients.segment_opts
	tracking TEXT NOT NULL,
	html TEXT,
	plain_text TEXT,
	content_type TEXT NOT NULL DEFAULT 'html',
	archive_token TEXT,
	schedule_ms BIGINT,
	send_ms BIGINT, -- when the send was asked for
	done_ms BIGINT, -- nobody queued, claimed or handed
	frozen INTEGER NOT NULL DEFAULT 0, -- 1: the ledger is complete
	freeze_cursor BIGINT NOT NULL DEFAULT 0,
	recipients INTEGER NOT NULL DEFAULT 0,
	sent_seq INTEGER NOT NULL DEFAULT 0, -- how many are accepted or refused
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL
);
CREATE INDEX campaign_status ON campaign (status, schedule_ms);

-- The distinct links of a campaign that sends, in the author's order; never
-- changed once it sends. link_id 1.. ; hex: the API's link id.
CREATE TABLE campaign_link (
	campaign_id BIGINT NOT NULL,
	link_id INTEGER NOT NULL,
	hex TEXT NOT NULL,
	url TEXT NOT NULL,
	PRIMARY KEY (campaign_id, link_id)
);

-- The ledger. state: 1 queued 2 claimed 3 handed 4 accepted 5 deferred
-- 6 refused 7 expired 8 canceled 9 left_out. left_out has reason (rule 12);
-- refused, expired have bounce (1 hard 2 soft). opens, clicks, first_... and
-- last_...: of people; machine_...: of machines (rule 20). Canceled ones count
-- as left out, with reason canceled.
CREATE TABLE recipient (
	campaign_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	state INTEGER NOT NULL,
	reason TEXT,
	detail TEXT, -- what the relay said
	bounce INTEGER NOT NULL DEFAULT 0,
	uncertain INTEGER NOT NULL DEFAULT 0,
	attempts INTEGER NOT NULL DEFAULT 0,
	next_ms BIGINT NOT NULL DEFAULT 0, -- deferred: not before
	lease_owner TEXT, -- of a claimed or handed one; see delivery_lease
	first_ms BIGINT NOT NULL DEFAULT 0, -- first handed over
	sent_seq INTEGER, -- its place in sent-to, from 1
	at_ms BIGINT NOT NULL,
	opens INTEGER NOT NULL DEFAULT 0,
	machine_opens INTEGER NOT NULL DEFAULT 0,
	clicks INTEGER NOT NULL DEFAULT 0,
	machine_clicks INTEGER NOT NULL DEFAULT 0,
	first_open_ms BIGINT,
	last_open_ms BIGINT,
	first_click_ms BIGINT,
	last_click_ms BIGINT,
	activity_ms BIGINT, -- when anything of its activity was last applied
	unsubscribed_ms BIGINT,
	complained_ms BIGINT,
	PRIMARY KEY (campaign_id, member_id)
) WITHOUT ROWID;
CREATE INDEX recipient_work ON recipient (campaign_id, state, next_ms, member_id) WHERE state IN (1, 2, 3, 5);
CREATE INDEX recipient_due ON recipient (next_ms, campaign_id) WHERE state = 5;
-- These two cover what reports sum up, so that a million recipients are not
-- read one by one; their first columns change whenever the others do.
CREATE INDEX recipient_sent ON recipient (campaign_id, sent_seq, at_ms) WHERE sent_seq IS NOT NULL;
CREATE INDEX recipient_activity ON recipient (campaign_id, activity_ms, member_id, opens, machine_opens, clicks, first_open_ms, last_open_ms, first_click_ms, last_click_ms) WHERE activity_ms IS NOT NULL;
CREATE INDEX recipient_member ON recipient (member_id, campaign_id);
-- For reports: whom a figure counts, without reading the whole ledger.
CREATE INDEX recipient_opened ON recipient (campaign_id, member_id) WHERE opens + machine_opens > 0;
CREATE INDEX recipient_bounced ON recipient (campaign_id, bounce) WHERE bounce > 0;
CREATE INDEX recipient_unsubscribed ON recipient (campaign_id, unsubscribed_ms, member_id) WHERE unsubscribed_ms IS NOT NULL;
CREATE INDEX recipient_complained ON recipient (campaign_id, complained_ms, member_id) WHERE complained_ms IS NOT NULL;

-- Who does what in delivery, until when. `delivery`: applies the log, freezes
-- and finishes campaigns; `sender/<owner>`: a sender that lives. An owner is
-- <instance>/<number of this start>.
CREATE TABLE delivery_lease (
	name TEXT PRIMARY KEY,
	owner TEXT NOT NULL,
	until_ms BIGINT NOT NULL
);
-- How far the log of events is applied; moved with what it changed.
CREATE TABLE event_cursor (
	name TEXT PRIMARY KEY,
	xid BIGINT NOT NULL,
	event_id BIGINT NOT NULL
);

-- Applied opens, clicks and bounces, with a verdict. kind: 1 open 2 click
-- 3 bounce. event_id is that of events.event, so applying twice is nothing.
CREATE TABLE activity (
	member_id BIGINT NOT NULL,
	campaign_id BIGINT NOT NULL,
	event_id BIGINT NOT NULL,
	kind INTEGER NOT NULL,
	link_id INTEGER NOT NULL DEFAULT 0,
	at_ms BIGINT NOT NULL,
	machine INTEGER NOT NULL DEFAULT 0,
	machine_why TEXT, -- proxy scanner honeypot early head burst
	ip TEXT,
	agent TEXT,
	PRIMARY KEY (member_id, campaign_id, event_id)
) WITHOUT ROWID;
CREATE INDEX activity_campaign ON activity (campaign_id, kind, link_id, member_id, machine, at_ms);

-- Single mails of this schema (tests, confirmations); delivery drains them.
CREATE TABLE outgoing_message (
	id SERIAL_ID,
	sender TEXT NOT NULL, -- envelope
	rcpt TEXT NOT NULL, -- envelope
	source TEXT NOT NULL, -- the whole message, CRLF
	attempts INTEGER NOT NULL DEFAULT 0,
	next_ms BIGINT NOT NULL,
	error TEXT,
	created_ms BIGINT NOT NULL
);
