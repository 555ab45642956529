-- Campaigns as the CRM sees them, and what the bridge intends and remembers.
-- Reasons are the names of rule 12 in the domain: no_address invalid
-- opted_out unsubscribed cleaned held forgotten suppressed duplicate over_cap
-- over_limit.
CREATE TABLE campaign (
	id SERIAL_ID,
	name TEXT NOT NULL,
	group_id BIGINT,
	subject TEXT,
	preview_text TEXT,
	from_name TEXT,
	from_email TEXT,
	reply_to TEXT,
	html TEXT,
	plain_text TEXT,
	status INTEGER NOT NULL, -- 1 draft 2 scheduled 3 sending 4 paused 5 sent 6 canceled
	push_id BIGINT,
	audience_id TEXT, -- list id of the Marketing API
	marketing_campaign_id TEXT,
	schedule_ms BIGINT,
	started_ms BIGINT,
	sent_ms BIGINT,
	user_id BIGINT,
	pull_state TEXT, -- JSON: cursors of the bridge
	pull_next_ms BIGINT, -- NULL: no more pulling
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL
);
CREATE INDEX campaign_pull ON campaign (pull_next_ms) WHERE pull_next_ms IS NOT NULL;
CREATE INDEX campaign_marketing ON campaign (marketing_campaign_id);

-- The CRM's ledger and the campaign communications: one row a recipient.
-- state: 1 queued 2 accepted 3 deferred 4 refused 5 expired 6 canceled
-- 7 left_out. People only figures: opened_ms, clicked_ms (0 clicks: NULL).
CREATE TABLE campaign_recipient (
	campaign_id BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	email_id BIGINT, -- NULL: had none
	email_hash TEXT,
	company_id BIGINT,
	lead_id BIGINT,
	state INTEGER NOT NULL,
	reason TEXT, -- left_out: of rule 12; refused: hard, soft
	at_ms BIGINT NOT NULL, -- of the last change of state
	accepted_ms BIGINT, -- set: a communication
	opened_ms BIGINT, -- first, by a person
	opens INTEGER NOT NULL DEFAULT 0,
	machine_opened_ms BIGINT,
	clicked_ms BIGINT,
	clicks INTEGER NOT NULL DEFAULT 0,
	machine_clicked_ms BIGINT,
	bounced INTEGER NOT NULL DEFAULT 0, -- 1 hard 2 soft
	bounced_ms BIGINT,
	unsubscribed_ms BIGINT,
	complained_ms BIGINT,
	replied_ms BIGINT,
	PRIMARY KEY (campaign_id, person_id)
);
CREATE INDEX campaign_recipient_hash ON campaign_recipient (campaign_id, email_hash);
CREATE INDEX campaign_recipient_person ON campaign_recipient (person_id, campaign_id);
CREATE INDEX campaign_recipient_company ON campaign_recipient (company_id, campaign_id) WHERE company_id IS NOT NULL;
CREATE INDEX campaign_recipient_lead ON campaign_recipient (lead_id, campaign_id) WHERE lead_id IS NOT NULL;

CREATE TABLE campaign_link (
	id SERIAL_ID,
	campaign_id BIGINT NOT NULL,
	url TEXT NOT NULL,
	UNIQUE (campaign_id, url)
);
-- Raw activity of recipients, as pulled; kind 1 open 2 click 3 bounce.
CREATE TABLE campaign_activity (
	campaign_id BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	kind INTEGER NOT NULL,
	at_ms BIGINT NOT NULL,
	link_id BIGINT NOT NULL DEFAULT 0,
	machine INTEGER NOT NULL DEFAULT 0,
	ip TEXT,
	PRIMARY KEY (campaign_id, person_id, kind, at_ms, link_id)
);
CREATE INDEX campaign_activity_link ON campaign_activity (campaign_id, link_id, person_id);

CREATE TABLE push (
	id SERIAL_ID,
	group_id BIGINT NOT NULL,
	group_name TEXT NOT NULL,
	job_id BIGINT,
	dry_run INTEGER NOT NULL,
	audience_id TEXT,
	segment_id BIGINT, -- of the Marketing API
	state TEXT NOT NULL, -- planning planned applying done failed
	result TEXT, -- JSON: counts
	user_id BIGINT,
	at_ms BIGINT NOT NULL
);
CREATE INDEX push_group ON push (group_id, id);
-- One row a person of the plan. action: 1 add 2 update 3 tag 4 untag
-- 5 unchanged 6 left_out (add and update include the tag). outcome: 0
-- intended 1 applied 2 refused (reason says why) 3 parked.
CREATE TABLE push_row (
	push_id BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	email_id BIGINT,
	action INTEGER NOT NULL,
	outcome INTEGER NOT NULL,
	reason TEXT,
	detail TEXT,
	PRIMARY KEY (push_id, person_id)
);
CREATE INDEX push_row_todo ON push_row (push_id, action, person_id) WHERE outcome = 0;
CREATE INDEX push_row_action ON push_row (push_id, action, reason);

-- What the bridge last knew of a member: a cache of the Marketing API.
CREATE TABLE bridge_member (
	email_hash TEXT PRIMARY KEY,
	status INTEGER NOT NULL, -- 1 subscribed 2 unsubscribed 3 cleaned 4 pending 5 transactional 6 archived 7 forgotten
	merge_hash TEXT, -- of the merge fields as we last saw or wrote them
	changed_ms BIGINT NOT NULL -- its last_changed
);
CREATE INDEX bridge_member_status ON bridge_member (status) WHERE status <> 1;
-- Merge field of the audience <- field of the person.
CREATE TABLE bridge_field (
	merge_tag TEXT PRIMARY KEY,
	person_field TEXT NOT NULL
);
-- What could not be done and waits for a user, or for its next try.
CREATE TABLE bridge_parked (
	id SERIAL_ID,
	kind TEXT NOT NULL, -- optout, address, push ...
	person_id BIGINT,
	email_id BIGINT,
	payload TEXT NOT NULL,
	error TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	at_ms BIGINT NOT NULL,
	solved_ms BIGINT
);
-- What the bridge did, newest last.
CREATE TABLE bridge_journal (
	id SERIAL_ID,
	at_ms BIGINT NOT NULL,
	kind TEXT NOT NULL, -- optout, unsubscribe, hold, address, push, pull, sync
	person_id BIGINT,
	detail TEXT -- JSON; no addresses
);
CREATE INDEX bridge_journal_person ON bridge_journal (person_id, id) WHERE person_id IS NOT NULL;
