-- A key of a job waits once and runs once, whoever adds and claims at the same
-- time. Of those that were there twice, the first keeps it.
UPDATE job SET single_key = NULL
WHERE single_key IS NOT NULL AND state IN (1, 3) AND EXISTS (
	SELECT 1 FROM job o WHERE o.single_key = job.single_key
		AND o.state IN (1, 3) AND o.id < job.id);
UPDATE job SET single_key = NULL
WHERE single_key IS NOT NULL AND state = 2 AND EXISTS (
	SELECT 1 FROM job o WHERE o.single_key = job.single_key
		AND o.state = 2 AND o.id < job.id);
CREATE UNIQUE INDEX job_waiting ON job (single_key) WHERE state IN (1, 3);
CREATE UNIQUE INDEX job_running ON job (single_key) WHERE state = 2;

-- Saved segments of a list have names of their own, as tags do.
UPDATE segment SET name = name || ' (' || id || ')'
WHERE kind = 2 AND EXISTS (SELECT 1 FROM segment o
	WHERE o.list_id = segment.list_id AND o.name = segment.name
		AND o.kind = 2 AND o.id < segment.id);
CREATE UNIQUE INDEX segment_saved ON segment (list_id, name) WHERE kind = 2;

-- One webhook an address; the first stays.
DELETE FROM webhook WHERE EXISTS (SELECT 1 FROM webhook o
	WHERE o.list_id = webhook.list_id AND o.url = webhook.url
		AND o.id < webhook.id);
CREATE UNIQUE INDEX webhook_url ON webhook (list_id, url);

-- Two processes that start at once make one master audience.
CREATE UNIQUE INDEX list_master ON list (is_master)
	WHERE is_master = 1 AND deleted_ms IS NULL;
