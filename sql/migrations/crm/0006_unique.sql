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

-- An external key names one record of its kind. Of records that share one, the
-- oldest keeps it; the audit log says who lost theirs.
INSERT INTO audit_log (at_ms, actor, action, entity, record_id, detail)
SELECT updated_ms, 'migration', 'person.key_removed', 1, id,
	'{"reason":"another record has this external_key"}' FROM person
WHERE external_key IS NOT NULL AND EXISTS (SELECT 1 FROM person o
	WHERE o.external_key = person.external_key AND o.id < person.id);
UPDATE person SET external_key = NULL
WHERE external_key IS NOT NULL AND EXISTS (SELECT 1 FROM person o
	WHERE o.external_key = person.external_key AND o.id < person.id);
DROP INDEX person_key;
CREATE UNIQUE INDEX person_key ON person (external_key) WHERE external_key IS NOT NULL;

INSERT INTO audit_log (at_ms, actor, action, entity, record_id, detail)
SELECT updated_ms, 'migration', 'lead.key_removed', 2, id,
	'{"reason":"another record has this external_key"}' FROM lead
WHERE external_key IS NOT NULL AND EXISTS (SELECT 1 FROM lead o
	WHERE o.external_key = lead.external_key AND o.id < lead.id);
UPDATE lead SET external_key = NULL
WHERE external_key IS NOT NULL AND EXISTS (SELECT 1 FROM lead o
	WHERE o.external_key = lead.external_key AND o.id < lead.id);
DROP INDEX lead_key;
CREATE UNIQUE INDEX lead_key ON lead (external_key) WHERE external_key IS NOT NULL;

INSERT INTO audit_log (at_ms, actor, action, entity, record_id, detail)
SELECT updated_ms, 'migration', 'company.key_removed', 3, id,
	'{"reason":"another record has this external_key"}' FROM company
WHERE external_key IS NOT NULL AND EXISTS (SELECT 1 FROM company o
	WHERE o.external_key = company.external_key AND o.id < company.id);
UPDATE company SET external_key = NULL
WHERE external_key IS NOT NULL AND EXISTS (SELECT 1 FROM company o
	WHERE o.external_key = company.external_key AND o.id < company.id);
DROP INDEX company_key;
CREATE UNIQUE INDEX company_key ON company (external_key) WHERE external_key IS NOT NULL;

-- Names of groups are unique; those that are being made are not seen yet.
UPDATE crm_group SET name = name || ' (' || id || ')',
	name_folded = name_folded || ' (' || id || ')'
WHERE EXISTS (SELECT 1 FROM crm_group o
	WHERE o.name_folded = crm_group.name_folded AND o.id < crm_group.id
		AND (o.kind = 2 OR o.evaluated_ms IS NOT NULL));
CREATE UNIQUE INDEX crm_group_name ON crm_group (name_folded)
	WHERE kind = 2 OR evaluated_ms IS NOT NULL;
