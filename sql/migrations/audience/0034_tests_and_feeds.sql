-- Campaigns that try several variants (type variate), that are written by a
-- feed (rss), and that do not reach everybody at once.
ALTER TABLE campaign ADD COLUMN variate TEXT; -- JSON of variate_settings, NULL: no such
ALTER TABLE campaign ADD COLUMN winner INTEGER NOT NULL DEFAULT 0; -- its variant that the rest gets, 0: not known
ALTER TABLE campaign ADD COLUMN winner_ms BIGINT; -- when it was found
ALTER TABLE campaign ADD COLUMN spread TEXT; -- JSON of timewarp, batch_count, batch_delay; NULL: at once
ALTER TABLE campaign ADD COLUMN rss TEXT; -- JSON of rss_opts, NULL: no such
ALTER TABLE campaign ADD COLUMN parent_id BIGINT; -- of what a feed brought: its campaign of type rss
CREATE INDEX campaign_parent ON campaign (parent_id) WHERE parent_id IS NOT NULL;

-- The contents of a test but the first, which is the campaign's own. position: 2..
CREATE TABLE campaign_content (
	campaign_id BIGINT NOT NULL,
	position INTEGER NOT NULL,
	html TEXT,
	plain_text TEXT,
	PRIMARY KEY (campaign_id, position)
);

-- Which variant one gets, from 1; 0: there are none, or the winner's that is not
-- known yet. next_ms is of a queued one, too: not before.
ALTER TABLE recipient ADD COLUMN variant INTEGER NOT NULL DEFAULT 0;
