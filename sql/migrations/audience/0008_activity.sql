-- Activity in the order of the log, so that a batch of hits is written at the
-- end of the table and not all over it; and each index for the hits that it is
-- asked for.
CREATE TABLE activity_by_event (
	event_id BIGINT NOT NULL, -- that of events.event: applying twice is nothing
	member_id BIGINT NOT NULL,
	campaign_id BIGINT NOT NULL,
	kind INTEGER NOT NULL,
	link_id INTEGER NOT NULL DEFAULT 0,
	at_ms BIGINT NOT NULL,
	machine INTEGER NOT NULL DEFAULT 0,
	machine_why TEXT, -- proxy scanner honeypot early head burst
	ip TEXT,
	agent TEXT,
	PRIMARY KEY (event_id, member_id, campaign_id)
) WITHOUT ROWID;
INSERT INTO activity_by_event (event_id, member_id, campaign_id, kind, link_id,
	at_ms, machine, machine_why, ip, agent)
SELECT event_id, member_id, campaign_id, kind, link_id, at_ms, machine,
	machine_why, ip, agent
FROM activity ORDER BY event_id;
DROP TABLE activity;
ALTER TABLE activity_by_event RENAME TO activity;
CREATE INDEX activity_member ON activity (member_id, campaign_id);
CREATE INDEX activity_click ON activity (campaign_id, link_id, member_id, machine, at_ms) WHERE kind = 2;
CREATE INDEX activity_open ON activity (campaign_id, at_ms, member_id) WHERE kind = 1;

-- A member that bounced and leaves: what undoing gives it.
CREATE INDEX member_cleaned_member ON member_cleaned (member_id);
