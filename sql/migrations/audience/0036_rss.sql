-- How far an RSS campaign (campaign.rss) has come with its feed. next_ms: when
-- it looks again at what is new, NULL: not. since_ms: what is older was mailed,
-- or never will be. last_ms: when it brought a mail last. seen: JSON of what the
-- feed held, by hashes. is_first: it has seen nothing yet. failure: why it
-- could not look, since failed_ms; it tries again until it can.
CREATE TABLE campaign_feed (
	campaign_id BIGINT PRIMARY KEY,
	next_ms BIGINT,
	since_ms BIGINT NOT NULL,
	last_ms BIGINT,
	is_first INTEGER NOT NULL,
	seen TEXT NOT NULL,
	failures INTEGER NOT NULL,
	failure TEXT,
	failed_ms BIGINT
);

-- A campaign whose texts show feeds (FEEDBLOCK). is_ready 0: it waits until
-- they are fetched, and goes to nobody before; 1: its texts with them. NULL:
-- as in campaign.
CREATE TABLE campaign_shown (
	campaign_id BIGINT PRIMARY KEY,
	is_ready INTEGER NOT NULL,
	html TEXT,
	plain_text TEXT
);
