-- schema: crm
-- Sending to what the audience has: see src/bridge/target/send_target.c.

-- An address of nobody: may it be mailed? Its state and reason.
-- text: UNKNOWN_STATE
CASE WHEN EXISTS (SELECT 1 FROM unclear_opt_out u WHERE u.hash = t.value)
		OR EXISTS (SELECT 1 FROM email h WHERE h.hash = t.value AND h.ended_ms IS NULL AND h.held <> :HELD_NO)
	THEN :CRM_RECIPIENT_LEFT_OUT ELSE :CRM_RECIPIENT_QUEUED END,
CASE WHEN EXISTS (SELECT 1 FROM unclear_opt_out u WHERE u.hash = t.value)
		OR EXISTS (SELECT 1 FROM email h WHERE h.hash = t.value AND h.ended_ms IS NULL AND h.held <> :HELD_NO)
	THEN :LEFT_OUT_HELD END

-- name: target-barred
-- Members that would get mail, and may not by what the CRM knows: somebody with
-- the address opted out, or works for a company that did, it is held, or nobody
-- knows whether it was opted out, or it is the demo's.
SELECT m.email_hash FROM bridge_member m
 WHERE m.status = :MIRROR_SUBSCRIBED
   AND (EXISTS (SELECT 1 FROM email e JOIN person p ON p.id = e.record_id
                  LEFT JOIN company c ON c.id = p.company_id
                 WHERE e.hash = m.email_hash AND e.entity = :ENTITY_PERSON AND e.ended_ms IS NULL
                   AND (p.opted_out = 1 OR c.opted_out = 1))
        OR EXISTS (SELECT 1 FROM email h WHERE h.hash = m.email_hash AND h.ended_ms IS NULL AND h.held <> :HELD_NO)
        OR EXISTS (SELECT 1 FROM unclear_opt_out u WHERE u.hash = m.email_hash)
        OR m.email_hash IN (SELECT b.hash FROM demo_barred b))
 ORDER BY m.email_hash;

-- name: target-left-hashes
-- Who stays out of a campaign because they opted out, and is nobody in the CRM.
-- args: campaign_id
SELECT email_hash FROM campaign_recipient
 WHERE campaign_id = ? AND person_id < 0 AND state = :CRM_RECIPIENT_LEFT_OUT
   AND reason = :LEFT_OUT_OPTED_OUT
 ORDER BY person_id DESC;

-- name: ledger-known
-- Which of the addresses have rows, and keep them: who is erased meanwhile would
-- be neither known nor a stranger. By their hashes (+: SQLite would go through
-- the whole ledger in the order of the key). args: campaign_id, hashes (JSON array)
SELECT email_hash FROM campaign_recipient WHERE campaign_id = ? AND email_hash IN JSON_TEXTS(?)
 ORDER BY +person_id FOR UPDATE;

-- name: ledger-lowest
-- Strangers stand under negative numbers. args: campaign_id
SELECT COALESCE(MIN(person_id), 0) FROM campaign_recipient WHERE campaign_id = ?;

-- name: ledger-add-people
-- Everybody with one of the addresses, unless it has rows already. Of those who
-- share it, the first by the order of plan-sharers speaks for it.
-- args: campaign_id, at_ms, hashes (JSON array), campaign_id
INSERT INTO campaign_recipient
       (campaign_id, person_id, email_id, email_hash, company_id, lead_id,
        state, reason, at_ms)
SELECT CAST(? AS BIGINT), f.person_id, f.email_id, f.hash, f.company_id, f.lead_id,
       CASE WHEN f.reason IS NULL THEN :CRM_RECIPIENT_QUEUED ELSE :CRM_RECIPIENT_LEFT_OUT END,
       f.reason, CAST(? AS BIGINT)
  FROM (SELECT p.id AS person_id, e.id AS email_id, e.hash AS hash, p.company_id AS company_id,
               (SELECT MAX(l.id) FROM lead l WHERE l.converted_person_id = p.id) AS lead_id,
               CASE WHEN p.email_id = e.id THEN 0 ELSE 1 END AS place,
               CASE WHEN EXISTS (SELECT 1 FROM email o JOIN person q ON q.id = o.record_id
                                   LEFT JOIN company c ON c.id = q.company_id
                                  WHERE o.hash = e.hash AND o.entity = :ENTITY_PERSON AND o.ended_ms IS NULL
                                    AND (q.opted_out = 1 OR c.opted_out = 1)) THEN :LEFT_OUT_OPTED_OUT
                    WHEN EXISTS (SELECT 1 FROM email h WHERE h.hash = e.hash AND h.ended_ms IS NULL AND h.held <> :HELD_NO)
                         OR EXISTS (SELECT 1 FROM unclear_opt_out u WHERE u.hash = e.hash) THEN :LEFT_OUT_HELD
                    WHEN e.hash IN (SELECT b.hash FROM demo_barred b) THEN :LEFT_OUT_DEMO
                    WHEN EXISTS (SELECT 1 FROM email s JOIN person q ON q.id = s.record_id
                                  WHERE s.hash = e.hash AND s.entity = :ENTITY_PERSON AND s.ended_ms IS NULL
                                    AND q.id <> p.id
                                    AND (CASE WHEN q.email_id = s.id THEN 1 ELSE 0 END, q.owns_address,
                                         s.is_primary, q.created_ms, q.id)
                                      > (CASE WHEN p.email_id = e.id THEN 1 ELSE 0 END, p.owns_address,
                                         e.is_primary, p.created_ms, p.id)) THEN :LEFT_OUT_DUPLICATE
               END AS reason
          FROM email e JOIN person p ON p.id = e.record_id
         WHERE +e.entity = :ENTITY_PERSON AND e.ended_ms IS NULL AND e.hash IN JSON_TEXTS(?)) f
 WHERE NOT EXISTS (SELECT 1 FROM campaign_recipient r WHERE r.campaign_id = ? AND r.email_hash = f.hash)
 ORDER BY f.place, f.person_id
    ON CONFLICT (campaign_id, person_id) DO NOTHING;

-- name: ledger-add-unknown
-- Somebody who is no person in the CRM. opted out: by what was kept of those who
-- were. args: campaign_id, negative number, hash, opted out, hash, hash, opted
-- out, hash, hash, at_ms
INSERT INTO campaign_recipient (campaign_id, person_id, email_hash, state, reason, at_ms)
VALUES (?, ?, ?,
        CASE WHEN CAST(? AS INTEGER) = 1 OR EXISTS (SELECT 1 FROM unclear_opt_out u WHERE u.hash = ?)
                  OR EXISTS (SELECT 1 FROM email h WHERE h.hash = ? AND h.ended_ms IS NULL AND h.held <> :HELD_NO)
             THEN :CRM_RECIPIENT_LEFT_OUT ELSE :CRM_RECIPIENT_QUEUED END,
        CASE WHEN CAST(? AS INTEGER) = 1 THEN :LEFT_OUT_OPTED_OUT
             WHEN EXISTS (SELECT 1 FROM unclear_opt_out u WHERE u.hash = ?)
                  OR EXISTS (SELECT 1 FROM email h WHERE h.hash = ? AND h.ended_ms IS NULL AND h.held <> :HELD_NO)
             THEN :LEFT_OUT_HELD END,
        ?);

-- name: ledger-add-unknowns
-- Many of them at once, under the numbers below the lowest. args: campaign_id, lowest,
-- at_ms, hashes (JSON array)
INSERT INTO campaign_recipient (campaign_id, person_id, email_hash, state, reason, at_ms)
SELECT CAST(? AS BIGINT), CAST(? AS BIGINT) - 1 - CAST(t.key AS BIGINT), t.value,
       :UNKNOWN_STATE,
       CAST(? AS BIGINT)
  FROM json_each(?) t;

-- name: ledger-add-unknowns @pg
INSERT INTO campaign_recipient (campaign_id, person_id, email_hash, state, reason, at_ms)
SELECT CAST(? AS BIGINT), CAST(? AS BIGINT) - t.n, t.value,
       :UNKNOWN_STATE,
       CAST(? AS BIGINT)
  FROM jsonb_array_elements_text(?::jsonb) WITH ORDINALITY AS t (value, n);

-- name: ledger-overtaken
-- Who is in the ledger and may not be mailed any more. args: campaign_id
SELECT r.email_hash FROM campaign_recipient r
 WHERE r.campaign_id = ? AND r.state = :CRM_RECIPIENT_QUEUED
   AND (EXISTS (SELECT 1 FROM email e JOIN person p ON p.id = e.record_id
                  LEFT JOIN company c ON c.id = p.company_id
                 WHERE e.hash = r.email_hash AND e.entity = :ENTITY_PERSON AND e.ended_ms IS NULL
                   AND (p.opted_out = 1 OR c.opted_out = 1))
        OR EXISTS (SELECT 1 FROM email h WHERE h.hash = r.email_hash AND h.ended_ms IS NULL AND h.held <> :HELD_NO)
        OR EXISTS (SELECT 1 FROM unclear_opt_out u WHERE u.hash = r.email_hash)
        OR r.email_hash IN (SELECT b.hash FROM demo_barred b));

-- name: ledger-drop
-- Of addresses, before they are added anew. args: campaign_id, hashes (JSON array)
DELETE FROM campaign_recipient
 WHERE campaign_id = ? AND email_hash IN JSON_TEXTS(?) AND accepted_ms IS NULL;

-- name: estimate-people
-- What keeps each from getting it: hash of the marketing address (NULL: none),
-- the address, opted out, held, status of the member, the demo's, the person.
-- args: ids (JSON array)
SELECT e.hash, e.folded,
       CASE WHEN p.opted_out = 1
              OR EXISTS (SELECT 1 FROM email o JOIN person q ON q.id = o.record_id
                           LEFT JOIN company c ON c.id = q.company_id
                          WHERE o.hash = e.hash AND o.entity = :ENTITY_PERSON AND o.ended_ms IS NULL
                            AND (q.opted_out = 1 OR c.opted_out = 1)) THEN 1 ELSE 0 END,
       CASE WHEN EXISTS (SELECT 1 FROM email h WHERE h.hash = e.hash AND h.ended_ms IS NULL AND h.held <> :HELD_NO)
              OR EXISTS (SELECT 1 FROM unclear_opt_out u WHERE u.hash = e.hash)
            THEN 1 ELSE 0 END,
       CASE WHEN m.status = :MIRROR_ARCHIVED AND m.added_ms IS NOT NULL THEN :MIRROR_NONE
            ELSE COALESCE(m.status, :MIRROR_NONE) END,
       CASE WHEN e.hash IN (SELECT b.hash FROM demo_barred b) THEN 1 ELSE 0 END, p.id
  FROM person p
  LEFT JOIN email e ON e.id = p.email_id
  LEFT JOIN bridge_member m ON m.email_hash = e.hash
 WHERE p.id IN JSON_INTS(?);

-- name: estimate-audience
-- One row: subscribed members, of them opted out in the CRM, held or unclear
-- there, the rest who are nobody there, and of the rest the demo's.
SELECT COUNT(*), SUM(x.is_out), SUM(CASE WHEN x.is_out = 0 THEN x.is_held ELSE 0 END),
       SUM(CASE WHEN x.is_out = 0 AND x.is_held = 0 AND x.is_known = 0 THEN 1 ELSE 0 END),
       SUM(CASE WHEN x.is_out = 0 AND x.is_held = 0 THEN x.is_demo ELSE 0 END)
  FROM (SELECT CASE WHEN EXISTS (SELECT 1 FROM email e JOIN person p ON p.id = e.record_id
                                   LEFT JOIN company c ON c.id = p.company_id
                                  WHERE e.hash = m.email_hash AND e.entity = :ENTITY_PERSON AND e.ended_ms IS NULL
                                    AND (p.opted_out = 1 OR c.opted_out = 1)) THEN 1 ELSE 0 END AS is_out,
               CASE WHEN EXISTS (SELECT 1 FROM email h WHERE h.hash = m.email_hash AND h.ended_ms IS NULL AND h.held <> :HELD_NO)
                      OR EXISTS (SELECT 1 FROM unclear_opt_out u WHERE u.hash = m.email_hash)
                    THEN 1 ELSE 0 END AS is_held,
               CASE WHEN EXISTS (SELECT 1 FROM email e
                                  WHERE e.hash = m.email_hash AND e.entity = :ENTITY_PERSON AND e.ended_ms IS NULL)
                    THEN 1 ELSE 0 END AS is_known,
               CASE WHEN m.email_hash IN (SELECT b.hash FROM demo_barred b)
                    THEN 1 ELSE 0 END AS is_demo
          FROM bridge_member m WHERE m.status = :MIRROR_SUBSCRIBED) x;

-- name: estimate-first
-- The first person whose member is subscribed, and who may be mailed.
SELECT p.id FROM person p JOIN email e ON e.id = p.email_id
  LEFT JOIN company c ON c.id = p.company_id
 WHERE p.opted_out = 0 AND COALESCE(c.opted_out, 0) = 0 AND e.held = :HELD_NO
   AND EXISTS (SELECT 1 FROM bridge_member m WHERE m.email_hash = e.hash AND m.status = :MIRROR_SUBSCRIBED)
   AND NOT EXISTS (SELECT 1 FROM unclear_opt_out u WHERE u.hash = e.hash)
   AND NOT EXISTS (SELECT 1 FROM demo_barred b WHERE b.hash = e.hash)
 ORDER BY p.id LIMIT 1;

-- name: estimate-person-of
-- Of one address. args: hash
SELECT p.id FROM email e JOIN person p ON p.email_id = e.id
  LEFT JOIN company c ON c.id = p.company_id
 WHERE e.hash = ? AND e.entity = :ENTITY_PERSON AND e.ended_ms IS NULL
   AND p.opted_out = 0 AND COALESCE(c.opted_out, 0) = 0 AND e.held = :HELD_NO
   AND NOT EXISTS (SELECT 1 FROM unclear_opt_out u WHERE u.hash = e.hash)
   AND NOT EXISTS (SELECT 1 FROM demo_barred b WHERE b.hash = e.hash)
 ORDER BY p.id LIMIT 1;
