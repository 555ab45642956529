-- Whose opt-out counts for all who have their addresses, found without a look
-- at everybody: src/crm/group/criteria_sql.c.

CREATE INDEX person_opted_out ON person (id) WHERE opted_out = 1;
CREATE INDEX company_opted_out ON company (id) WHERE opted_out = 1;
