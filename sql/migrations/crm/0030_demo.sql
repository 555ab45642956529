-- What the demo made, so that removing takes away exactly that. kind: tag group
-- company person lead communication member campaign, and what a step notes;
-- n: its place in the data. See src/api/demo/demo.h.
CREATE TABLE demo_row (
	kind TEXT NOT NULL,
	n BIGINT NOT NULL,
	record_id BIGINT NOT NULL,
	name TEXT,
	PRIMARY KEY (kind, n)
);
