-- schema: crm
-- Companies, people and leads. The first columns of the -load queries are the
-- same for all three, then come the texts in the order of enum text_field:
-- see read_row() in src/crm/record.c.

-- name: person-lock
-- Before the rows are read to be written. args: JSON ids
SELECT id FROM person WHERE id IN JSON_INTS(?) AND erased_ms IS NULL
ORDER BY id FOR UPDATE;

-- name: lead-lock
-- args: JSON ids
SELECT id FROM lead WHERE id IN JSON_INTS(?) AND erased_ms IS NULL
ORDER BY id FOR UPDATE;

-- name: company-lock
-- args: JSON ids
SELECT id FROM company WHERE id IN JSON_INTS(?) ORDER BY id FOR UPDATE;

-- name: person-load
-- People that are not gone. args: JSON ids
SELECT r.id, r.custom, r.company_id, r.email_id, r.opted_out, r.owns_address,
	NULL, NULL, NULL, r.import_id, r.created_ms, r.updated_ms, e.address,
	r.name_folded,
	r.first_name, r.last_name, r.title, r.job_title, r.phone, r.street,
	r.city, r.region, r.postal_code, r.country, r.language, r.birthday,
	r.external_key
FROM person r LEFT JOIN email e ON e.id = r.email_id
WHERE r.id IN JSON_INTS(?) AND r.erased_ms IS NULL;

-- name: lead-load
-- Leads that are not gone. args: JSON ids
SELECT r.id, r.custom, NULL, r.email_id, r.opted_out, 0,
	r.converted_person_id, r.converted_company_id, r.converted_ms,
	r.import_id, r.created_ms, r.updated_ms, e.address, r.name_folded,
	r.first_name, r.last_name, r.job_title, r.company_name, r.phone,
	r.street, r.city, r.region, r.postal_code, r.country, r.source,
	r.status, r.external_key
FROM lead r LEFT JOIN email e ON e.id = r.email_id
WHERE r.id IN JSON_INTS(?) AND r.erased_ms IS NULL;

-- name: company-load
-- Companies. args: JSON ids
SELECT r.id, r.custom, NULL, NULL, r.opted_out, 0, NULL, NULL, NULL,
	r.import_id, r.created_ms, r.updated_ms, NULL, r.name_folded,
	r.name, r.phone, r.street, r.city, r.region, r.postal_code, r.country,
	r.website, r.industry, r.external_key
FROM company r
WHERE r.id IN JSON_INTS(?);

-- name: person-add
-- args: id, name_folded, plain, custom, opted_out, import, created, updated, texts,
-- company, owns_address, email
INSERT INTO person (id, name_folded, plain, custom, opted_out, import_id,
	created_ms, updated_ms, first_name, last_name, title, job_title, phone, street,
	city, region, postal_code, country, language, birthday, external_key,
	company_id, owns_address, email_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: lead-add
-- args: as person-add, but ending: texts, converted person, company, ms, email
INSERT INTO lead (id, name_folded, plain, custom, opted_out, import_id,
	created_ms, updated_ms, first_name, last_name, job_title, company_name, phone,
	street, city, region, postal_code, country, source, status,
	external_key, converted_person_id, converted_company_id, converted_ms,
	email_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: company-add
-- args: as person-add, but ending with the texts
INSERT INTO company (id, name_folded, plain, custom, opted_out, import_id,
	created_ms, updated_ms, name, phone, street, city, region, postal_code, country,
	website, industry, external_key)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: company-exists
-- args: id
SELECT 1 FROM company WHERE id = ?;

-- name: company-names
-- args: JSON ids
SELECT id, name FROM company WHERE id IN JSON_INTS(?) ORDER BY id;

-- name: company-name
-- args: id
SELECT name FROM company WHERE id = ?;

-- name: company-by-name
-- The oldest of that name. args: folded name
SELECT id FROM company WHERE name_folded = ? ORDER BY id LIMIT 1;

-- name: person-in-ledger
-- Does a campaign know the person? args: id
SELECT 1 FROM campaign_recipient WHERE person_id = ? LIMIT 1;

-- name: person-empty
-- What is left of somebody in a ledger. args: now, now, id
UPDATE person SET first_name = NULL, last_name = NULL, name_folded = '', plain = '',
	title = NULL, job_title = NULL, company_id = NULL, email_id = NULL,
	phone = NULL, street = NULL, city = NULL, region = NULL,
	postal_code = NULL, country = NULL, language = NULL, birthday = NULL,
	external_key = NULL, custom = NULL, owns_address = 0, erased_ms = ?,
	updated_ms = ?
WHERE id = ?;

-- name: lead-empty
-- args: now, now, id
UPDATE lead SET first_name = NULL, last_name = NULL, name_folded = '', plain = '',
	company_name = NULL, job_title = NULL, email_id = NULL, phone = NULL,
	street = NULL, city = NULL, region = NULL, postal_code = NULL,
	country = NULL, source = NULL, external_key = NULL, custom = NULL,
	erased_ms = ?, updated_ms = ?
WHERE id = ?;

-- name: person-remove
-- args: id
DELETE FROM person WHERE id = ?;

-- name: lead-remove
-- args: id
DELETE FROM lead WHERE id = ?;

-- name: company-remove
-- args: id
DELETE FROM company WHERE id = ?;

-- name: company-leave
-- The people of a company that goes. args: now, company
UPDATE person SET company_id = NULL, updated_ms = ? WHERE company_id = ?;

-- name: record-remove-addresses
-- Of a deleted record: not those that a ledger or the audience knows, or that
-- are to be unsubscribed there. args: entity, record
DELETE FROM email WHERE entity = ? AND record_id = ? AND out_ms IS NULL
	AND NOT EXISTS (SELECT 1 FROM bridge_member m
		WHERE m.email_hash = email.hash)
	AND NOT EXISTS (SELECT 1 FROM campaign_recipient c
		WHERE c.person_id = email.record_id AND email.entity = :ENTITY_PERSON);

-- name: record-remove-consent
-- args: entity, record
DELETE FROM consent WHERE entity = ? AND record_id = ?;

-- name: record-remove-tags
-- args: entity, record
DELETE FROM record_tag WHERE entity = ? AND record_id = ?;

-- name: record-remove-notes
-- args: entity, record
DELETE FROM note WHERE entity = ? AND record_id = ?;

-- name: record-remove-tasks
-- args: entity, record
DELETE FROM task WHERE entity = ? AND record_id = ?;

-- name: record-remove-links
-- args: entity, record
DELETE FROM communication_link WHERE entity = ? AND record_id = ?;

-- name: record-remove-membership
-- Out of the static groups of its kind. args: record, entity
DELETE FROM group_member WHERE record_id = ?
	AND group_id IN (SELECT id FROM crm_group WHERE entity = ?);

-- name: record-remove-exclusions
-- args: record, entity
DELETE FROM group_exclusion WHERE record_id = ?
	AND group_id IN (SELECT id FROM crm_group WHERE entity = ?);

-- name: record-remove-import-change
-- What an import knew of it before. args: entity, record
DELETE FROM import_change WHERE entity = ? AND record_id = ?;

-- name: record-remove-import-unchanged
-- That an import found it as it was. args: entity, record
DELETE FROM import_unchanged WHERE entity = ? AND record_id = ?;

-- name: person-newest
-- When a person was changed last.
SELECT COALESCE(MAX(updated_ms), 0) FROM person WHERE erased_ms IS NULL;

-- name: record-count
-- args: entity
SELECT n FROM record_count WHERE entity = ?;

-- name: record-count-add
-- args: delta, entity
UPDATE record_count SET n = n + ? WHERE entity = ?;
