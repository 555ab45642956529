-- What the ledger of a campaign counts, kept beside the campaign so that a list
-- counts nothing: see src/crm/campaign_figures.h.
CREATE TABLE campaign_figures (
	campaign_id ID PRIMARY KEY,
	recipients BIGINT NOT NULL DEFAULT 0,
	sent BIGINT NOT NULL DEFAULT 0,
	waiting BIGINT NOT NULL DEFAULT 0,
	bounced_hard BIGINT NOT NULL DEFAULT 0,
	bounced_soft BIGINT NOT NULL DEFAULT 0,
	opened BIGINT NOT NULL DEFAULT 0,
	opened_machines BIGINT NOT NULL DEFAULT 0,
	clicked BIGINT NOT NULL DEFAULT 0,
	clicked_machines BIGINT NOT NULL DEFAULT 0,
	unsubscribed BIGINT NOT NULL DEFAULT 0,
	complained BIGINT NOT NULL DEFAULT 0,
	unknown BIGINT NOT NULL DEFAULT 0, -- of recipients: nobody in the CRM
	as_of_ms BIGINT, -- the last look at the audience
	pace_ms BIGINT, -- since then the pace is being measured
	pace_sent BIGINT NOT NULL DEFAULT 0, -- so many were sent by then
	per_hour BIGINT NOT NULL DEFAULT 0, -- messages, as measured last
	pace_until_ms BIGINT -- after that nobody has looked: not known any more
);
INSERT INTO campaign_figures (campaign_id, recipients, sent, waiting, bounced_hard, bounced_soft,
	opened, opened_machines, clicked, clicked_machines, unsubscribed, complained)
SELECT campaign_id, COUNT(*),
	COUNT(CASE WHEN state IN (2, 4, 5) THEN 1 END),
	COUNT(CASE WHEN state IN (1, 3) THEN 1 END),
	COUNT(CASE WHEN bounced = 1 THEN 1 END),
	COUNT(CASE WHEN bounced = 2 THEN 1 END),
	COUNT(CASE WHEN opened_ms IS NOT NULL AND state <> 7 THEN 1 END),
	COUNT(CASE WHEN machine_opened_ms IS NOT NULL AND state <> 7 THEN 1 END),
	COUNT(CASE WHEN clicked_ms IS NOT NULL AND state <> 7 THEN 1 END),
	COUNT(CASE WHEN machine_clicked_ms IS NOT NULL AND state <> 7 THEN 1 END),
	COUNT(CASE WHEN unsubscribed_ms IS NOT NULL AND state <> 7 THEN 1 END),
	COUNT(CASE WHEN complained_ms IS NOT NULL AND state <> 7 THEN 1 END)
FROM campaign_recipient GROUP BY campaign_id;

-- name_folded: to find and sort by; letters outside ASCII are folded when the
-- name is written next. to_kind: 1 group 2 tag 3 segment 4 audience, NULL: as
-- group_id says; segment_id: of the Marketing API; to_name: as it was chosen.
-- A campaign may be made of a design (src/design): its JSON, of which html and,
-- if plain_is_made, plain_text were made. language: of the mail, BCP 47;
-- direction: ltr or rtl. NULL: not known, by what it says.
-- only: pg
ALTER TABLE campaign ADD COLUMN name_folded TEXT;
ALTER TABLE campaign ADD COLUMN to_kind INTEGER;
ALTER TABLE campaign ADD COLUMN segment_id BIGINT;
ALTER TABLE campaign ADD COLUMN to_name TEXT;
ALTER TABLE campaign ADD COLUMN plain_is_made INTEGER NOT NULL DEFAULT 0;
ALTER TABLE campaign ADD COLUMN language TEXT;
ALTER TABLE campaign ADD COLUMN direction TEXT;
ALTER TABLE campaign ADD COLUMN design TEXT;
UPDATE campaign SET name_folded = LOWER(name);
-- only: sqlite
-- A row is read up to the last column that is asked for: content comes last, so
-- that a list does not read through it.
CREATE TABLE campaign_new (
	id SERIAL_ID,
	name TEXT NOT NULL,
	name_folded TEXT,
	group_id BIGINT,
	to_kind INTEGER,
	segment_id BIGINT,
	to_name TEXT,
	subject TEXT,
	preview_text TEXT,
	from_name TEXT,
	from_email TEXT,
	reply_to TEXT,
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
	updated_ms BIGINT NOT NULL,
	creating_ms BIGINT,
	hold_reason TEXT,
	hold_detail TEXT,
	hold_ms BIGINT,
	restored_ms BIGINT,
	plain_is_made INTEGER NOT NULL DEFAULT 0,
	language TEXT,
	direction TEXT,
	html TEXT,
	plain_text TEXT,
	design TEXT
);
INSERT INTO campaign_new (id, name, name_folded, group_id, subject, preview_text, from_name,
	from_email, reply_to, status, push_id, audience_id, marketing_campaign_id, schedule_ms,
	started_ms, sent_ms, user_id, pull_state, pull_next_ms, created_ms, updated_ms, creating_ms,
	hold_reason, hold_detail, hold_ms, restored_ms, html, plain_text)
SELECT id, name, LOWER(name), group_id, subject, preview_text, from_name,
	from_email, reply_to, status, push_id, audience_id, marketing_campaign_id, schedule_ms,
	started_ms, sent_ms, user_id, pull_state, pull_next_ms, created_ms, updated_ms, creating_ms,
	hold_reason, hold_detail, hold_ms, restored_ms, html, plain_text
FROM campaign;
-- Ids of campaigns that were removed are not given again.
DELETE FROM sqlite_sequence WHERE name = 'campaign_new';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'campaign_new', seq FROM sqlite_sequence WHERE name = 'campaign';
DROP TABLE campaign;
ALTER TABLE campaign_new RENAME TO campaign;
CREATE INDEX campaign_pull ON campaign (pull_next_ms) WHERE pull_next_ms IS NOT NULL;
CREATE INDEX campaign_marketing ON campaign (marketing_campaign_id);
-- only: any
