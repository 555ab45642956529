-- Companies, people, leads, their addresses, and what is known of them.
-- Texts in `..._folded` are made by utf8_fold() in C. custom: JSON object of
-- custom fields by key. Booleans are 0 and 1. Entities: 1 person, 2 lead,
-- 3 company (enum entity in crm/entity.h).

-- Rows that are not gone, by entity: a list's total without counting.
CREATE TABLE record_count (
	entity INTEGER PRIMARY KEY,
	n BIGINT NOT NULL
);
INSERT INTO record_count (entity, n) VALUES (1, 0), (2, 0), (3, 0);

CREATE TABLE company (
	id ID PRIMARY KEY,
	name TEXT NOT NULL,
	name_folded TEXT NOT NULL,
	website TEXT,
	phone TEXT,
	street TEXT,
	city TEXT,
	region TEXT,
	postal_code TEXT,
	country TEXT,
	industry TEXT,
	external_key TEXT,
	custom TEXT,
	opted_out INTEGER NOT NULL DEFAULT 0,
	import_id BIGINT,
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL
);
CREATE INDEX company_created ON company (created_ms, id);
CREATE INDEX company_updated ON company (updated_ms, id);
CREATE INDEX company_name ON company (name_folded, id);
CREATE INDEX company_key ON company (external_key) WHERE external_key IS NOT NULL;

CREATE TABLE person (
	id ID PRIMARY KEY,
	first_name TEXT,
	last_name TEXT,
	name_folded TEXT NOT NULL, -- "last first"
	title TEXT,
	job_title TEXT,
	company_id BIGINT,
	email_id BIGINT, -- the marketing address by the rule; kept by email.c
	phone TEXT,
	street TEXT,
	city TEXT,
	region TEXT,
	postal_code TEXT,
	country TEXT,
	language TEXT,
	birthday TEXT, -- YYYY-MM-DD
	external_key TEXT,
	custom TEXT,
	opted_out INTEGER NOT NULL DEFAULT 0, -- derived from consent
	owns_address INTEGER NOT NULL DEFAULT 0, -- speaks for a shared address
	erased_ms BIGINT, -- gone: erased, or merged into another
	merged_into_id BIGINT,
	import_id BIGINT,
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL
);
CREATE INDEX person_created ON person (created_ms, id);
CREATE INDEX person_updated ON person (updated_ms, id);
CREATE INDEX person_name ON person (name_folded, id);
CREATE INDEX person_company ON person (company_id) WHERE company_id IS NOT NULL;
CREATE INDEX person_merged ON person (merged_into_id) WHERE merged_into_id IS NOT NULL;
CREATE INDEX person_key ON person (external_key) WHERE external_key IS NOT NULL;

CREATE TABLE lead (
	id ID PRIMARY KEY,
	first_name TEXT,
	last_name TEXT,
	name_folded TEXT NOT NULL,
	company_name TEXT,
	job_title TEXT,
	email_id BIGINT,
	phone TEXT,
	street TEXT,
	city TEXT,
	region TEXT,
	postal_code TEXT,
	country TEXT,
	source TEXT,
	status TEXT NOT NULL DEFAULT 'new', -- new working converted lost
	external_key TEXT,
	custom TEXT,
	opted_out INTEGER NOT NULL DEFAULT 0,
	converted_person_id BIGINT,
	converted_company_id BIGINT,
	converted_ms BIGINT,
	erased_ms BIGINT,
	import_id BIGINT,
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL
);
CREATE INDEX lead_created ON lead (created_ms, id);
CREATE INDEX lead_updated ON lead (updated_ms, id);
CREATE INDEX lead_name ON lead (name_folded, id);
CREATE INDEX lead_key ON lead (external_key) WHERE external_key IS NOT NULL;

-- The one place of addresses on this side. A row is never given another
-- address: a change ends it and makes a new one, so that ledgers, which hold
-- its id, keep telling the truth.
CREATE TABLE email (
	id ID PRIMARY KEY,
	entity INTEGER NOT NULL, -- 1 person, 2 lead
	record_id BIGINT NOT NULL,
	address TEXT NOT NULL,
	folded TEXT NOT NULL,
	hash TEXT NOT NULL, -- md5 of folded; of an erased one: keyed hash
	type TEXT NOT NULL DEFAULT 'work',
	is_primary INTEGER NOT NULL DEFAULT 0,
	is_marketing INTEGER NOT NULL DEFAULT 0, -- flagged by a user
	held INTEGER NOT NULL DEFAULT 0, -- 0 no, 1 hard bounce, 2 soft bounces, 3 by hand
	held_detail TEXT,
	held_ms BIGINT,
	created_ms BIGINT NOT NULL,
	ended_ms BIGINT -- replaced or removed
);
CREATE INDEX email_hash ON email (hash);
CREATE INDEX email_record ON email (record_id, entity);

-- Append-only. state: 1 opted out, 2 opted in.
CREATE TABLE consent (
	id SERIAL_ID,
	entity INTEGER NOT NULL,
	record_id BIGINT NOT NULL,
	email_id BIGINT, -- the address by which it came
	channel TEXT NOT NULL DEFAULT 'email',
	purpose TEXT NOT NULL DEFAULT 'marketing',
	state INTEGER NOT NULL,
	source TEXT NOT NULL, -- user, person, import, complaint, audience, api
	reason TEXT,
	user_id BIGINT,
	campaign_id BIGINT, -- crm.campaign
	ip TEXT,
	at_ms BIGINT NOT NULL
);
CREATE INDEX consent_record ON consent (record_id, entity, id);

CREATE TABLE tag (
	id SERIAL_ID,
	name TEXT NOT NULL,
	name_folded TEXT NOT NULL UNIQUE
);
CREATE TABLE record_tag (
	entity INTEGER NOT NULL,
	record_id BIGINT NOT NULL,
	tag_id BIGINT NOT NULL,
	PRIMARY KEY (entity, record_id, tag_id)
);
CREATE INDEX record_tag_tag ON record_tag (tag_id, entity, record_id);

CREATE TABLE custom_field (
	id SERIAL_ID,
	entity INTEGER NOT NULL,
	key TEXT NOT NULL,
	label TEXT NOT NULL,
	type TEXT NOT NULL, -- text number date boolean choice
	choices TEXT, -- JSON array
	created_ms BIGINT NOT NULL,
	UNIQUE (entity, key)
);

CREATE TABLE note (
	id SERIAL_ID,
	entity INTEGER NOT NULL,
	record_id BIGINT NOT NULL,
	body TEXT NOT NULL,
	user_id BIGINT,
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL
);
CREATE INDEX note_record ON note (record_id, entity, id);

CREATE TABLE task (
	id SERIAL_ID,
	entity INTEGER NOT NULL,
	record_id BIGINT NOT NULL,
	title TEXT NOT NULL,
	due_ms BIGINT,
	done_ms BIGINT,
	user_id BIGINT,
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL
);
CREATE INDEX task_record ON task (record_id, entity, id);
CREATE INDEX task_due ON task (due_ms) WHERE done_ms IS NULL;

-- Calls, meetings, letters, single e-mails. Those of campaigns are rows of
-- campaign_recipient; the timeline unites them.
CREATE TABLE communication (
	id ID PRIMARY KEY,
	kind TEXT NOT NULL, -- call meeting letter email task
	direction TEXT, -- in, out
	subject TEXT,
	body TEXT,
	status TEXT,
	user_id BIGINT,
	at_ms BIGINT NOT NULL,
	created_ms BIGINT NOT NULL
);
CREATE TABLE communication_link (
	entity INTEGER NOT NULL, -- 1 person 2 lead 3 company 4 user
	record_id BIGINT NOT NULL,
	communication_id BIGINT NOT NULL,
	PRIMARY KEY (entity, record_id, communication_id)
);
CREATE INDEX communication_link_of ON communication_link (communication_id);

CREATE TABLE audit_log (
	id SERIAL_ID,
	at_ms BIGINT NOT NULL,
	user_id BIGINT,
	actor TEXT, -- name of user, key or job kind
	action TEXT NOT NULL, -- person.merge, person.erase, group.delete ...
	entity INTEGER,
	record_id BIGINT,
	detail TEXT -- JSON; no addresses
);
CREATE INDEX audit_log_record ON audit_log (record_id, entity, id);
