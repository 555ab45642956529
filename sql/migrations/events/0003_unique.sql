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
