-- Opt-outs that no record holds: see src/crm/kept_opt_out.h.
CREATE TABLE kept_opt_out (
	hash TEXT PRIMARY KEY, -- keyed hash of the address
	kind TEXT NOT NULL, -- opted_out
	source TEXT NOT NULL, -- as in consent
	import_id BIGINT, -- by a refused row of an import alone
	at_ms BIGINT NOT NULL
);
CREATE INDEX kept_opt_out_import ON kept_opt_out (import_id) WHERE import_id IS NOT NULL;

-- Addresses in malformed rows of files with an opt-out column: not mailed until
-- a user decides. See src/crm/unclear_opt_out.h.
CREATE TABLE unclear_opt_out (
	import_id BIGINT NOT NULL,
	hash TEXT NOT NULL, -- md5, as in email
	address TEXT NOT NULL,
	row_number BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	PRIMARY KEY (import_id, hash)
);
CREATE INDEX unclear_opt_out_hash ON unclear_opt_out (hash);

ALTER TABLE import_run ADD COLUMN repeated BIGINT NOT NULL DEFAULT 0;
ALTER TABLE import_run ADD COLUMN refused_opted_out BIGINT NOT NULL DEFAULT 0;
ALTER TABLE import_run ADD COLUMN unclear_opt_outs BIGINT NOT NULL DEFAULT 0;
ALTER TABLE import_run ADD COLUMN unclear_decision TEXT; -- opt_out release
