-- How far an act on many members of a job of the CRM is, written with what it
-- did: no transaction spans the two, and after a kill the figures of what was
-- done last are known by this. Gone when the job ends.
CREATE TABLE member_many_done (
	job_id BIGINT PRIMARY KEY,
	through_id BIGINT NOT NULL, -- the last of those that were done
	changed BIGINT NOT NULL,    -- of the last ones
	refused TEXT NOT NULL,      -- JSON [{"id", "why"}]
	at_ms BIGINT NOT NULL
);
