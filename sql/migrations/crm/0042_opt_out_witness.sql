-- Who says that somebody wants no mail, each for itself: see
-- src/crm/consent/opt_out_witness.h. opted_out of a record is that it has one.
CREATE TABLE opt_out_witness (
	entity INTEGER NOT NULL,
	record_id BIGINT NOT NULL,
	import_id BIGINT NOT NULL, -- 0: what no undo takes back
	PRIMARY KEY (record_id, entity, import_id)
);
CREATE INDEX opt_out_witness_import ON opt_out_witness (import_id, entity, record_id)
	WHERE import_id <> 0;

-- What was said since the last opt-in, but for what an undo took back.
INSERT INTO opt_out_witness (entity, record_id, import_id)
SELECT DISTINCT c.entity, c.record_id, COALESCE(c.import_id, 0) FROM consent c
LEFT JOIN person p ON c.entity = 1 AND p.id = c.record_id
LEFT JOIN lead l ON c.entity = 2 AND l.id = c.record_id
LEFT JOIN company o ON c.entity = 3 AND o.id = c.record_id
WHERE c.state = 1 AND COALESCE(p.opted_out, l.opted_out, o.opted_out, 0) = 1
	AND NOT EXISTS (SELECT 1 FROM consent d
		WHERE d.record_id = c.record_id AND d.entity = c.entity
		AND d.id > c.id AND d.state = 2
		AND (d.source <> 'undo' OR d.import_id = c.import_id));

-- Of an opt-out that imports said again only the last is known: so that none
-- of the others is lost, nothing takes it back.
INSERT INTO opt_out_witness (entity, record_id, import_id)
SELECT DISTINCT c.entity, c.record_id, 0 FROM import_confirmation f
JOIN consent c ON c.id = f.consent_id
JOIN opt_out_witness w ON w.record_id = c.record_id AND w.entity = c.entity
WHERE c.state = 1
ON CONFLICT (record_id, entity, import_id) DO NOTHING;
DROP TABLE import_confirmation;

-- Nobody knows by whom: nothing takes it back.
INSERT INTO opt_out_witness (entity, record_id, import_id)
SELECT 1, p.id, 0 FROM person p
WHERE p.opted_out = 1 AND NOT EXISTS (SELECT 1 FROM opt_out_witness w
	WHERE w.record_id = p.id AND w.entity = 1);
INSERT INTO opt_out_witness (entity, record_id, import_id)
SELECT 2, l.id, 0 FROM lead l
WHERE l.opted_out = 1 AND NOT EXISTS (SELECT 1 FROM opt_out_witness w
	WHERE w.record_id = l.id AND w.entity = 2);
INSERT INTO opt_out_witness (entity, record_id, import_id)
SELECT 3, o.id, 0 FROM company o
WHERE o.opted_out = 1 AND NOT EXISTS (SELECT 1 FROM opt_out_witness w
	WHERE w.record_id = o.id AND w.entity = 3);

-- What holds for a company holds for its people, and what holds for somebody
-- for all who share an address.
INSERT INTO opt_out_witness (entity, record_id, import_id)
SELECT 1, p.id, w.import_id FROM person p
JOIN opt_out_witness w ON w.entity = 3 AND w.record_id = p.company_id
WHERE p.opted_out = 1
ON CONFLICT (record_id, entity, import_id) DO NOTHING;
INSERT INTO opt_out_witness (entity, record_id, import_id)
SELECT DISTINCT v.entity, v.record_id, w.import_id FROM opt_out_witness v
JOIN email a ON a.entity = v.entity AND a.record_id = v.record_id
	AND a.ended_ms IS NULL
JOIN email b ON b.hash = a.hash AND b.ended_ms IS NULL
	AND NOT (b.entity = a.entity AND b.record_id = a.record_id)
JOIN opt_out_witness w ON w.entity = b.entity AND w.record_id = b.record_id
WHERE v.import_id <> 0
ON CONFLICT (record_id, entity, import_id) DO NOTHING;

-- The same of addresses that nobody has.
CREATE TABLE kept_opt_out_new (
	hash TEXT NOT NULL, -- keyed hash of the address
	import_id BIGINT NOT NULL, -- 0: what no undo takes back
	kind TEXT NOT NULL, -- opted_out
	source TEXT NOT NULL, -- as in consent
	at_ms BIGINT NOT NULL,
	journalled INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (hash, import_id)
);
INSERT INTO kept_opt_out_new (hash, import_id, kind, source, at_ms, journalled)
SELECT hash, COALESCE(import_id, 0), kind, source, at_ms, journalled
FROM kept_opt_out;
DROP TABLE kept_opt_out;
ALTER TABLE kept_opt_out_new RENAME TO kept_opt_out;
CREATE INDEX kept_opt_out_import ON kept_opt_out (import_id) WHERE import_id <> 0;
CREATE INDEX kept_opt_out_journal ON kept_opt_out (hash) WHERE journalled = 0;

-- How many it opted out; NULL: it is older than the count.
ALTER TABLE import_run ADD COLUMN opted_out BIGINT;
ALTER TABLE import_run ADD COLUMN opted_out_before BIGINT;
ALTER TABLE import_run ADD COLUMN opt_outs_kept BIGINT;
-- It is taken back, but for its opt-outs.
ALTER TABLE import_run ADD COLUMN keeps_opt_outs INTEGER NOT NULL DEFAULT 0;
