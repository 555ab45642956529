-- schema: crm
-- Members that get mail, or will once they have confirmed.
-- set: MIRROR_MAILED = MIRROR_SUBSCRIBED MIRROR_PENDING
-- Rows of a push whose member has the tag once they are applied.
-- set: PUSH_TAGGED = PUSH_ADD PUSH_UPDATE PUSH_TAG PUSH_UNCHANGED

-- name: bridge-journal-add
-- args: at_ms, kind, person_id, detail
INSERT INTO bridge_journal (at_ms, kind, person_id, detail) VALUES (?, ?, ?, ?);

-- name: bridge-park
-- args: kind, person_id, email_id, payload, error, attempts, at_ms
INSERT INTO bridge_parked (kind, person_id, email_id, payload, error, attempts, at_ms)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: bridge-field-list
SELECT merge_tag, person_field FROM bridge_field ORDER BY merge_tag;

-- name: bridge-field-count
SELECT COUNT(*) FROM bridge_field;

-- name: bridge-field-remove-all
DELETE FROM bridge_field;

-- name: bridge-field-custom
-- Have people such a custom field? args: key
SELECT 1 FROM custom_field WHERE entity = :ENTITY_PERSON AND key = ?;

-- name: bridge-field-put
-- args: merge_tag, person_field
INSERT INTO bridge_field (merge_tag, person_field) VALUES (?, ?)
    ON CONFLICT (merge_tag) DO UPDATE SET person_field = excluded.person_field;

-- name: bridge-member-put
-- merge_hash and contact_id NULL: not known, keep. One that is to be forgotten
-- stays so. Who had the address before another contact got it has strayed. It is
-- ours no more if another has it, if it has left, or came back by somebody else:
-- after an archive of ours, or with other fields than we asked for. An archive
-- is ours if the mirror says so, or did before it was refreshed by a page that
-- is older, and the time fits by an hour; not one that came after we asked to
-- subscribe it again. Of an unsubscribe of ours, the time fits by an hour.
-- others_ms: now, if it is no push that tells; kept where something has changed.
-- args: email_hash, status, merge_hash, changed_ms, contact_id, seen_ms, others_ms
-- rows: of different keys
INSERT INTO bridge_member (email_hash, status, merge_hash, changed_ms, contact_id, seen_ms, others_ms)
VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (email_hash) DO UPDATE
   SET others_ms = CASE WHEN excluded.others_ms IS NOT NULL
                             AND (excluded.status <> bridge_member.status
                                  OR COALESCE(excluded.merge_hash, bridge_member.merge_hash, '')
                                     <> COALESCE(bridge_member.merge_hash, ''))
                        THEN excluded.others_ms ELSE bridge_member.others_ms END,
       status = CASE WHEN bridge_member.to_forget_ms IS NULL THEN excluded.status
                     ELSE :MIRROR_FORGOTTEN END,
       merge_hash = COALESCE(excluded.merge_hash, bridge_member.merge_hash),
       changed_ms = CASE WHEN bridge_member.to_forget_ms IS NULL THEN excluded.changed_ms ELSE 0 END,
       contact_id = COALESCE(excluded.contact_id, bridge_member.contact_id),
       seen_ms = excluded.seen_ms,
       strayed_contact_id =
           CASE WHEN bridge_member.contact_id <> excluded.contact_id THEN bridge_member.contact_id
                WHEN bridge_member.strayed_contact_id = excluded.contact_id THEN NULL
                ELSE bridge_member.strayed_contact_id END,
       strayed_added_ms =
           CASE WHEN bridge_member.contact_id <> excluded.contact_id THEN bridge_member.added_ms
                ELSE bridge_member.strayed_added_ms END,
       added_ms = CASE WHEN excluded.status IN (:MIRROR_MAILED)
                            AND bridge_member.contact_id <> excluded.contact_id
                       THEN NULL
                       WHEN excluded.status IN (:MIRROR_MAILED) AND bridge_member.status = :MIRROR_ARCHIVED
                            AND bridge_member.changed_ms > 0
                            AND excluded.changed_ms > bridge_member.changed_ms
                       THEN NULL
                       WHEN excluded.status IN (:MIRROR_MAILED) AND bridge_member.status = :MIRROR_NONE
                            AND bridge_member.merge_hash <> COALESCE(excluded.merge_hash, '')
                       THEN NULL
                       WHEN excluded.status IN (:MIRROR_MAILED)
                         OR (excluded.status = :MIRROR_ARCHIVED AND bridge_member.status = :MIRROR_ARCHIVED)
                         OR (excluded.status = :MIRROR_ARCHIVED
                             AND excluded.changed_ms > bridge_member.archived_ms - 3600000
                             AND excluded.changed_ms < bridge_member.archived_ms + 3600000
                             AND (bridge_member.added_ms <= bridge_member.archived_ms
                                  OR excluded.changed_ms < bridge_member.added_ms))
                       THEN bridge_member.added_ms END,
       unsubscribed_ms = CASE WHEN excluded.status = :MIRROR_UNSUBSCRIBED
                                AND excluded.changed_ms >
                                    COALESCE(bridge_member.unsubscribe_call_ms, bridge_member.unsubscribed_ms) - 3600000
                                AND excluded.changed_ms <
                                    COALESCE(bridge_member.unsubscribe_call_ms, bridge_member.unsubscribed_ms) + 3600000
                              THEN bridge_member.unsubscribed_ms END;

-- name: bridge-member-archive
-- The bridge is about to archive a member: whoever gets the address is added
-- like everybody. changed_ms 0: the audience has not told of it yet.
-- args: email_hash, added_ms, archived_ms
INSERT INTO bridge_member (email_hash, status, changed_ms, added_ms, archived_ms)
VALUES (?, :MIRROR_ARCHIVED, 0, ?, ?)
    ON CONFLICT (email_hash) DO UPDATE
   SET status = excluded.status, changed_ms = 0, added_ms = excluded.added_ms,
       archived_ms = excluded.archived_ms, seen_ms = NULL
 WHERE bridge_member.to_forget_ms IS NULL;

-- name: bridge-member-archive-vain
-- There was none to archive: that the bridge was about to is taken back, unless
-- it has archived it since by another job.
-- args: added_ms, archived_ms as it was about to, as it was before or NULL, email_hash
UPDATE bridge_member
   SET status = :MIRROR_ARCHIVED, changed_ms = 0, seen_ms = NULL, added_ms = ?,
       archived_ms = CASE WHEN archived_ms <> ? THEN archived_ms ELSE CAST(? AS BIGINT) END
 WHERE email_hash = ? AND to_forget_ms IS NULL;

-- name: bridge-person-busy
-- Is a job at work on somebody with the address? args: email_hash
SELECT 1 FROM email e
WHERE e.hash = ? AND e.entity = :ENTITY_PERSON AND EXISTS (
	SELECT 1 FROM job j WHERE j.single_key = 'bridge/person/' || e.record_id
	AND j.state = :JOB_RUNNING)
LIMIT 1;

-- name: bridge-member-unsubscribed
-- By the bridge, for an opt-out in the CRM: of what is known as of, and when it
-- called. args: unsubscribed_ms, unsubscribe_call_ms, email_hash
UPDATE bridge_member SET unsubscribed_ms = ?, unsubscribe_call_ms = ?, seen_ms = NULL
 WHERE email_hash = ? AND status = :MIRROR_UNSUBSCRIBED;

-- name: bridge-member-intend
-- Before the bridge subscribes an address that is no member, or that it
-- archived: what happens from now on is no archive of ours.
-- args: email_hash, added_ms
-- rows: of different keys
INSERT INTO bridge_member (email_hash, status, changed_ms, added_ms)
VALUES (?, :MIRROR_NONE, 0, ?)
    ON CONFLICT (email_hash) DO UPDATE
   SET status = :MIRROR_NONE, merge_hash = NULL, language = NULL, contact_id = NULL, seen_ms = NULL,
       strayed_contact_id = COALESCE(bridge_member.contact_id, bridge_member.strayed_contact_id),
       strayed_added_ms = CASE WHEN bridge_member.contact_id IS NULL
                               THEN bridge_member.strayed_added_ms ELSE bridge_member.added_ms END,
       added_ms = CASE WHEN bridge_member.archived_ms >= excluded.added_ms
                       THEN bridge_member.archived_ms + 1 ELSE excluded.added_ms END
 WHERE bridge_member.status = :MIRROR_NONE
    OR (bridge_member.status = :MIRROR_ARCHIVED AND bridge_member.added_ms IS NOT NULL);

-- name: bridge-member-own
-- args: added_ms or NULL, email_hash
UPDATE bridge_member SET added_ms = ?, archived_ms = NULL, seen_ms = NULL
 WHERE email_hash = ? AND to_forget_ms IS NULL;

-- name: bridge-member-carried
-- The member has got this address: whose it is, when the bridge archived it, as
-- long as it is archived, and unsubscribed it, as long as it is that. One writer:
-- whoever has just put the row.
-- args: added_ms or NULL, archived_ms or NULL, unsubscribed_ms or NULL,
-- unsubscribe_call_ms or NULL, email_hash
UPDATE bridge_member SET added_ms = ?, archived_ms = ?, seen_ms = NULL,
       unsubscribed_ms = COALESCE(?, unsubscribed_ms),
       unsubscribe_call_ms = COALESCE(?, unsubscribe_call_ms)
 WHERE email_hash = ? AND to_forget_ms IS NULL;

-- name: bridge-member-get
-- args: email_hash
SELECT status, merge_hash, added_ms, contact_id, archived_ms, unsubscribed_ms,
       CASE WHEN strayed_added_ms = 0 THEN NULL ELSE strayed_contact_id END,
       strayed_added_ms, changed_ms, COALESCE(unsubscribe_call_ms, unsubscribed_ms), language
  FROM bridge_member WHERE email_hash = ? FOR UPDATE;

-- name: bridge-member-language
-- As we saw or wrote it. args: language, email_hash, language
UPDATE bridge_member SET language = ?
 WHERE email_hash = ? AND (language IS NULL OR language <> ?);

-- name: bridge-member-languages
-- Where one is known. args: JSON hashes
SELECT email_hash, language FROM bridge_member
 WHERE email_hash IN JSON_TEXTS(?) AND language IS NOT NULL;

-- name: bridge-readers
-- People whose marketing address it is, or was until its member is settled, and
-- nobody else's; the address's hash. By id. args: JSON hashes
SELECT MIN(p.id), e.hash
  FROM email e JOIN person p ON p.id = e.record_id
 WHERE e.hash IN JSON_TEXTS(?) AND +e.entity = :ENTITY_PERSON
   AND (e.left_ms IS NOT NULL OR (p.email_id = e.id AND e.ended_ms IS NULL))
 GROUP BY e.hash HAVING COUNT(DISTINCT p.id) = 1
 ORDER BY MIN(p.id);

-- name: bridge-member-known
-- args: JSON hashes
SELECT email_hash, status, added_ms, unsubscribed_ms, changed_ms FROM bridge_member
 WHERE email_hash IN JSON_TEXTS(?);

-- name: bridge-member-seen
-- As of when the mirror has exactly what the audience inside had of them. By
-- hash. args: JSON hashes
SELECT email_hash, status, contact_id, seen_ms FROM bridge_member
 WHERE email_hash IN JSON_TEXTS(?) AND seen_ms IS NOT NULL AND to_forget_ms IS NULL
 ORDER BY email_hash;

-- name: bridge-members-seen
-- By status: of how many the mirror has exactly what the audience inside had at
-- or after that time, and the milliseconds until then of all of them together.
-- args: since_ms, since_ms
SELECT status, COUNT(*), CAST(SUM(seen_ms - ?) AS BIGINT)
  FROM bridge_member WHERE seen_ms >= ? AND to_forget_ms IS NULL
 GROUP BY status ORDER BY status;

-- name: newcomer-opted-out
-- Who has one of the addresses, and is opted out. args: JSON hashes
SELECT DISTINCT p.id FROM email e JOIN person p ON p.id = e.record_id
 WHERE e.hash IN JSON_TEXTS(?) AND +e.entity = :ENTITY_PERSON AND e.ended_ms IS NULL
   AND +p.opted_out = 1
 ORDER BY p.id;

-- name: newcomer-said-no
-- Addresses that no person has, and since when: kept opt-outs, erased ones, and
-- those of leads; did the audience tell it? args: JSON keyed hashes, the same,
-- JSON hashes
SELECT hash, MAX(at_ms), CASE WHEN source = 'audience' THEN 1 ELSE 0 END FROM kept_opt_out
 WHERE hash IN JSON_TEXTS(?) GROUP BY hash, CASE WHEN source = 'audience' THEN 1 ELSE 0 END
 UNION ALL
SELECT hash, MAX(COALESCE(ended_ms, 0)), 0 FROM email
 WHERE hash IN JSON_TEXTS(?) GROUP BY hash
 UNION ALL
SELECT e.hash, MAX(c.at_ms), 0 FROM email e JOIN lead l ON l.id = e.record_id
  JOIN consent c ON c.entity = e.entity AND c.record_id = l.id AND c.state = :CONSENT_OPTED_OUT
 WHERE e.hash IN JSON_TEXTS(?) AND +e.entity = :ENTITY_LEAD AND e.ended_ms IS NULL
   AND +l.opted_out = 1
 GROUP BY e.hash;

-- name: bridge-member-contacts
-- By which hashes the mirror knows them. args: contact ids (JSON array), the same
SELECT contact_id, email_hash FROM bridge_member WHERE contact_id IN JSON_TEXTS(?)
 UNION ALL
SELECT s.strayed_contact_id, s.email_hash FROM bridge_member s
 WHERE s.strayed_contact_id IN JSON_TEXTS(?)
   AND (s.strayed_added_ms IS NULL OR s.strayed_added_ms <> 0)
   AND NOT EXISTS (SELECT 1 FROM bridge_member m WHERE m.contact_id = s.strayed_contact_id);
-- name: bridge-member-found
-- Who strayed is known by another address now. args: contact_id
UPDATE bridge_member SET strayed_contact_id = NULL, strayed_added_ms = NULL
 WHERE strayed_contact_id = ? AND (strayed_added_ms IS NULL OR strayed_added_ms <> 0);

-- name: bridge-member-remove
-- The audience says that there is none: not believed for ever, if it was ours.
-- args: now, now, email_hash
UPDATE bridge_member
   SET others_ms = CAST(? AS BIGINT),
       strayed_contact_id = COALESCE(contact_id, strayed_contact_id),
       strayed_added_ms = CASE WHEN contact_id IS NULL THEN strayed_added_ms ELSE added_ms END,
       added_ms = CASE WHEN status = :MIRROR_NONE OR added_ms IS NULL THEN added_ms
                       ELSE CAST(? AS BIGINT) END,
       status = :MIRROR_NONE, contact_id = NULL, archived_ms = NULL, unsubscribed_ms = NULL,
       language = NULL, seen_ms = NULL
 WHERE email_hash = ? AND to_forget_ms IS NULL;

-- name: bridge-member-renamed
-- It has another address now. If the bridge asked to subscribe this one within a
-- day, the call may have a late twin. args: now, a day ago, email_hash
UPDATE bridge_member
   SET others_ms = CAST(? AS BIGINT),
       added_ms = CASE WHEN added_ms > ? THEN added_ms END,
       status = :MIRROR_NONE, contact_id = NULL, archived_ms = NULL, unsubscribed_ms = NULL,
       language = NULL, seen_ms = NULL
 WHERE email_hash = ? AND to_forget_ms IS NULL;

-- name: bridge-member-stray
-- Who had the address has another, and was followed there: kept for whoever is
-- erased by the old one. args: contact_id, email_hash
UPDATE bridge_member SET strayed_contact_id = ?, strayed_added_ms = 0
 WHERE email_hash = ?;

-- name: bridge-member-expire
-- What is no member, once all members were read, unless who had the address is
-- one by another. args: a day ago
DELETE FROM bridge_member
 WHERE status = :MIRROR_NONE AND (added_ms IS NULL OR added_ms < ?)
   AND NOT EXISTS (SELECT 1 FROM bridge_member m
                    WHERE m.contact_id = bridge_member.strayed_contact_id);

-- name: bridge-member-to-forget
SELECT email_hash, contact_id, changed_ms, strayed_contact_id FROM bridge_member
 WHERE to_forget_ms IS NOT NULL ORDER BY email_hash;

-- name: bridge-member-elsewhere
-- Contacts at another address, which nobody else has.
-- args: contact_id, another or NULL, hash
SELECT m.email_hash FROM bridge_member m
 WHERE m.contact_id IN (?, ?) AND m.email_hash <> ? AND m.status NOT IN (:MIRROR_NONE, :MIRROR_FORGOTTEN)
   AND NOT EXISTS (SELECT 1 FROM email e WHERE e.hash = m.email_hash AND e.ended_ms IS NULL);

-- name: bridge-member-missing
-- The audience has no such member, from now on. args: now, email_hash
UPDATE bridge_member SET changed_ms = ?
 WHERE email_hash = ? AND to_forget_ms IS NOT NULL AND changed_ms = 0;

-- name: bridge-member-forgotten
-- args: now, email_hash
UPDATE bridge_member
   SET to_forget_ms = NULL, status = :MIRROR_FORGOTTEN, merge_hash = NULL, language = NULL, contact_id = NULL,
       strayed_contact_id = NULL, strayed_added_ms = NULL, changed_ms = ?
 WHERE email_hash = ?;

-- name: bridge-recipient-move
-- Reports know the member by the new address from now on.
-- args: new hash, person_id, old hash
UPDATE campaign_recipient SET email_hash = ? WHERE person_id = ? AND email_hash = ?;

-- name: word-recipients
-- To whom a campaign went by that member. args: campaign, email_hash
SELECT r.person_id FROM campaign_recipient r JOIN person p ON p.id = r.person_id
 WHERE r.campaign_id = ? AND r.email_hash = ? AND p.erased_ms IS NULL
 ORDER BY r.person_id;

-- name: bridge-member-remove-all
DELETE FROM bridge_member;

-- name: bridge-mirror-take
-- Only one does that. args: audience, audience until now
UPDATE setting SET value = ? WHERE key = 'bridge.mirror' AND value = ?;

-- name: bridge-member-put-aside
-- args: audience
INSERT INTO bridge_member_aside (audience_id, email_hash, status, merge_hash, changed_ms,
       added_ms, contact_id, archived_ms, unsubscribed_ms, unsubscribe_call_ms, to_forget_ms,
       strayed_contact_id, strayed_added_ms, language)
SELECT CAST(? AS TEXT), email_hash, status, merge_hash, changed_ms,
       added_ms, contact_id, archived_ms, unsubscribed_ms, unsubscribe_call_ms, to_forget_ms,
       strayed_contact_id, strayed_added_ms, language
  FROM bridge_member;

-- name: bridge-member-bring-back
-- args: audience
INSERT INTO bridge_member (email_hash, status, merge_hash, changed_ms,
       added_ms, contact_id, archived_ms, unsubscribed_ms, unsubscribe_call_ms, to_forget_ms,
       strayed_contact_id, strayed_added_ms, language)
SELECT email_hash, status, merge_hash, changed_ms,
       added_ms, contact_id, archived_ms, unsubscribed_ms, unsubscribe_call_ms, to_forget_ms,
       strayed_contact_id, strayed_added_ms, language
  FROM bridge_member_aside WHERE audience_id = ?;

-- name: bridge-member-remove-aside
-- args: audience
DELETE FROM bridge_member_aside WHERE audience_id = ?;

-- name: bridge-member-strangers
-- Who gets mail, and has an address that neither a person nor a lead has.
-- args: how many at most
SELECT m.email_hash FROM bridge_member m
 WHERE m.status = :MIRROR_SUBSCRIBED
   AND NOT EXISTS (SELECT 1 FROM email e WHERE e.hash = m.email_hash AND e.ended_ms IS NULL)
 ORDER BY m.email_hash LIMIT ?;

-- name: bridge-member-count
SELECT COUNT(*) FROM bridge_member WHERE status <> :MIRROR_NONE;

-- name: bridge-campaign-of
-- args: marketing_campaign_id
SELECT id FROM campaign WHERE marketing_campaign_id = ?;

-- name: reconcile-leavers
-- Members that left, of people and leads who are not opted out and did not agree
-- later, by an act of their own or a user's ground: who has the address, or had
-- it then. The index of those who left is looked for by its own comparison. The audience tells seconds. An unsubscribe of ours is no word of
-- theirs: it was for who said no here.
SELECT m.email_hash, m.changed_ms
  FROM bridge_member m
  JOIN email e ON e.hash = m.email_hash AND e.entity = :ENTITY_PERSON
       AND (e.ended_ms IS NULL OR e.ended_ms > m.changed_ms)
  JOIN person p ON p.id = e.record_id AND p.erased_ms IS NULL
 WHERE m.status = :MIRROR_UNSUBSCRIBED AND m.status > 1 AND m.unsubscribed_ms IS NULL AND p.opted_out = 0
   AND NOT EXISTS (SELECT 1 FROM consent c
                    WHERE c.record_id = p.id AND c.entity = :ENTITY_PERSON AND c.state = :CONSENT_OPTED_IN
                      AND c.source IN ('person', 'user', 'api')
                      AND c.at_ms > m.changed_ms + 999)
 UNION
SELECT m.email_hash, m.changed_ms
  FROM bridge_member m
  JOIN email e ON e.hash = m.email_hash AND e.entity = :ENTITY_LEAD
       AND (e.ended_ms IS NULL OR e.ended_ms > m.changed_ms)
  JOIN lead l ON l.id = e.record_id AND l.erased_ms IS NULL
 WHERE m.status = :MIRROR_UNSUBSCRIBED AND m.status > 1 AND m.unsubscribed_ms IS NULL AND l.opted_out = 0
   AND NOT EXISTS (SELECT 1 FROM consent c
                    WHERE c.record_id = l.id AND c.entity = :ENTITY_LEAD AND c.state = :CONSENT_OPTED_IN
                      AND c.source IN ('person', 'user', 'api')
                      AND c.at_ms > m.changed_ms + 999);

-- name: reconcile-bounced
-- Cleaned members whose address is not held. The audience tells seconds.
SELECT DISTINCT m.email_hash
  FROM bridge_member m
  JOIN email e ON e.hash = m.email_hash AND e.ended_ms IS NULL
 WHERE m.status = :MIRROR_CLEANED AND m.status > 1 AND e.held = :HELD_NO AND e.created_ms <= m.changed_ms + 999;

-- name: reconcile-opted-out
-- Members that could get mail, of people who are opted out.
SELECT DISTINCT m.email_hash
  FROM bridge_member m
  JOIN email e ON e.hash = m.email_hash AND e.entity = :ENTITY_PERSON AND e.ended_ms IS NULL
  JOIN person p ON p.id = e.record_id
 WHERE m.status IN (:MIRROR_MAILED) AND p.opted_out = 1;

-- name: reconcile-orphans
-- Members that the bridge subscribed and nobody has, also those that it was
-- about to archive: who knows whether it did.
SELECT m.email_hash FROM bridge_member m
 WHERE m.added_ms IS NOT NULL
   AND (m.status IN (:MIRROR_MAILED)
        OR (m.status = :MIRROR_ARCHIVED AND m.archived_ms IS NOT NULL AND m.changed_ms = 0))
   AND NOT EXISTS (SELECT 1 FROM email e
                    WHERE e.hash = m.email_hash AND e.entity = :ENTITY_PERSON AND e.ended_ms IS NULL);

-- name: reconcile-left
-- People with an address whose member was not settled; also who is gone, if it
-- is to be unsubscribed.
SELECT e.record_id
  FROM email e JOIN person p ON p.id = e.record_id AND p.erased_ms IS NULL
 WHERE e.entity = :ENTITY_PERSON AND e.left_ms IS NOT NULL
 UNION
SELECT e.record_id FROM email e
 WHERE e.entity = :ENTITY_PERSON AND e.out_ms IS NOT NULL AND e.folded <> '';

-- name: reconcile-lately
-- Removing changes that the audience caused since a time. args: at_ms
SELECT COUNT(*) FROM bridge_journal WHERE at_ms > ? AND kind IN ('hold', 'archive');

-- name: people-out-waiting
-- People who have opted out and whose jobs wait, never tried, and are in nobody's
-- hands: job, person. args: now, limit
SELECT j.id, p.id FROM job j
  JOIN person p ON p.id = CAST(substr(j.single_key, 15) AS BIGINT)
 WHERE j.kind = 'bridge-person' AND j.state = :JOB_QUEUED AND j.run_at_ms <= ?
   AND j.attempts = 0 AND p.opted_out = 1 AND p.erased_ms IS NULL
   AND NOT EXISTS (SELECT 1 FROM job r WHERE r.single_key = j.single_key
                      AND r.state = :JOB_RUNNING)
 ORDER BY j.id LIMIT ? FOR UPDATE OF j SKIP LOCKED;

-- name: people-left
-- Who of some has left an address that is not settled. args: JSON ids
SELECT DISTINCT record_id FROM email
 WHERE entity = :ENTITY_PERSON AND record_id IN JSON_INTS(?)
   AND (left_ms IS NOT NULL OR out_ms IS NOT NULL) AND folded <> ''
 ORDER BY record_id;

-- name: people-said-there
-- Of whom the audience said that they unsubscribed, which they may have taken back
-- there (crm/consent/take_back.c). args: JSON ids
SELECT DISTINCT record_id FROM consent
 WHERE entity = :ENTITY_PERSON AND record_id IN JSON_INTS(?)
   AND (source = 'audience' OR (source = 'carried' AND campaign_id IS NOT NULL))
 ORDER BY record_id;

-- name: people-members
-- Members as they are known. args: JSON hashes
SELECT email_hash, status FROM bridge_member WHERE email_hash IN JSON_TEXTS(?)
 ORDER BY email_hash;

-- name: person-left
-- args: person
SELECT id, hash, left_ms, ended_ms, out_ms FROM email
 WHERE entity = :ENTITY_PERSON AND record_id = ? AND (left_ms IS NOT NULL OR out_ms IS NOT NULL)
   AND folded <> ''
 ORDER BY id;

-- name: person-on-its-way
-- Is a call that subscribes this address on its way, or was it when the process
-- was killed? Then nobody can say yet what becomes of the member. args: hash
SELECT 1 FROM bridge_member m
 WHERE m.email_hash = ? AND m.status = :MIRROR_NONE AND m.added_ms IS NOT NULL
   AND EXISTS (SELECT 1 FROM job j
                WHERE j.kind IN ('push', 'campaign-send') AND j.state IN (:JOB_QUEUED, :JOB_RUNNING));

-- name: person-left-clear
-- Unless it was left again meanwhile. args: email, left_ms
UPDATE email SET left_ms = NULL WHERE id = ? AND left_ms = ?;

-- name: person-left-none
-- The member moved with the person: there is none to settle at the old address.
-- args: person, hash
UPDATE email SET left_ms = NULL WHERE entity = :ENTITY_PERSON AND record_id = ? AND hash = ?;

-- name: person-out-clear
-- args: email, out_ms
UPDATE email SET out_ms = NULL WHERE id = ? AND out_ms = ?;

-- name: person-open
-- Has anybody the address who takes mail? args: hash
SELECT p.id FROM email e JOIN person p ON p.id = e.record_id
 WHERE e.hash = ? AND e.entity = :ENTITY_PERSON AND e.ended_ms IS NULL AND p.opted_out = 0 LIMIT 1;

-- name: person-reached
-- Is it anybody's marketing address? args: hash
SELECT p.id FROM email e JOIN person p ON p.id = e.record_id AND p.email_id = e.id
 WHERE e.hash = ? AND e.entity = :ENTITY_PERSON LIMIT 1;

-- name: person-last-of
-- Who had an address last, those first who have another now; has it one?
-- args: hash
SELECT e.id, e.record_id, CASE WHEN p.email_id IS NULL THEN 0 ELSE 1 END FROM email e
  JOIN person p ON p.id = e.record_id
 WHERE e.hash = ? AND e.entity = :ENTITY_PERSON AND p.erased_ms IS NULL
 ORDER BY CASE WHEN p.email_id IS NULL THEN 1 ELSE 0 END, e.id DESC LIMIT 1;

-- name: person-said-no
-- When whoever has had the address said no last. args: hash
SELECT MAX(c.at_ms) FROM email e
  JOIN consent c ON c.record_id = e.record_id AND c.entity = e.entity AND c.state = :CONSENT_OPTED_OUT
 WHERE e.hash = ? AND e.entity = :ENTITY_PERSON;

-- name: person-opted-out
-- Who has the address and is opted out. args: hash
SELECT DISTINCT p.id FROM email e JOIN person p ON p.id = e.record_id
 WHERE e.hash = ? AND e.entity = :ENTITY_PERSON AND e.ended_ms IS NULL AND p.opted_out = 1
 ORDER BY p.id;

-- name: person-is-out
-- args: person
SELECT 1 FROM person WHERE id = ? AND opted_out = 1;

-- name: present-changed
-- Those of some addresses that are their person's marketing address no more,
-- or whose person has opted out or is gone, or that were erased: was it erased;
-- of which person is there anything else to say (0: nobody); is it still the
-- marketing address. args: email ids (JSON array)
SELECT e.id, CASE WHEN e.folded = '' THEN 1 ELSE 0 END,
       CASE WHEN e.entity = :ENTITY_PERSON
             AND (p.email_id IS NULL OR p.email_id <> e.id OR p.opted_out = 1 OR c.opted_out = 1)
            THEN e.record_id ELSE 0 END,
       CASE WHEN p.email_id = e.id THEN 1 ELSE 0 END
  FROM email e
  LEFT JOIN person p ON p.id = e.record_id AND e.entity = :ENTITY_PERSON
  LEFT JOIN company c ON c.id = p.company_id
 WHERE e.id IN JSON_INTS(?)
   AND (e.folded = ''
        OR (e.entity = :ENTITY_PERSON
            AND (p.email_id IS NULL OR p.email_id <> e.id OR p.opted_out = 1 OR c.opted_out = 1)))
 ORDER BY e.id;

-- name: push-add
-- args: group_id, group_name, group_criteria, job_id, dry_run, audience_id,
-- user_id, at_ms
INSERT INTO push (group_id, group_name, group_criteria, job_id, dry_run, audience_id, state,
	user_id, at_ms)
VALUES (?, ?, ?, ?, ?, ?, 'planning', ?, ?)
RETURNING id;

-- name: push-get
-- args: id
SELECT group_id, group_name, dry_run, segment_id, state, COALESCE(asked, 0)
  FROM push WHERE id = ?;

-- name: push-set
-- One writer: the job of the push. args: state, segment_id, audience_id, id
UPDATE push SET state = ?, segment_id = ?, audience_id = ? WHERE id = ?;

-- name: push-ask
-- One writer: the job of the push. args: state, removals, id
UPDATE push SET state = ?, asked = ? WHERE id = ?;

-- name: push-ask-job
-- What was confirmed before is not what it asks now. args: job
UPDATE job SET confirmed = 0 WHERE id = ?;

-- name: push-later
-- Was the group pushed again since? args: group_id, id
SELECT 1 FROM push WHERE group_id = ? AND id > ? AND dry_run = 0 LIMIT 1;

-- name: push-renew
-- args: id
UPDATE push SET state = 'planning' WHERE id = ? AND state IN ('planned', 'done');

-- name: push-reopen
-- args: id
UPDATE push SET state = 'planned' WHERE id = ?;

-- name: group-tag-get
-- The tag of a group, and the name that was asked for last, if no answer is
-- known. args: group_id, audience_id
SELECT COALESCE(segment_id, 0), asked_name FROM group_tag
 WHERE group_id = ? AND audience_id = ?;

-- name: group-tag-ask
-- Before it is asked for. args: group_id, audience_id, name
INSERT INTO group_tag (group_id, audience_id, asked_name) VALUES (?, ?, ?)
    ON CONFLICT (group_id, audience_id) DO UPDATE SET asked_name = excluded.asked_name;

-- name: group-tag-put
-- args: group_id, audience_id, segment_id
INSERT INTO group_tag (group_id, audience_id, segment_id) VALUES (?, ?, ?)
    ON CONFLICT (group_id, audience_id)
    DO UPDATE SET segment_id = excluded.segment_id, asked_name = NULL;

-- name: push-turn-take
-- Nothing happens while the job that has it runs. args: group, job, job, now_ms
INSERT INTO push_turn (group_id, job_id) VALUES (?, ?)
    ON CONFLICT (group_id) DO UPDATE SET job_id = excluded.job_id
 WHERE push_turn.job_id = ?
    OR NOT EXISTS (SELECT 1 FROM job j WHERE j.id = push_turn.job_id
                      AND j.state = :JOB_RUNNING AND j.lease_until_ms >= ?);

-- name: push-set-result
-- args: result, id
UPDATE push SET result = ? WHERE id = ?;

-- name: push-plan-begin
-- args: planned_ms, fields_hash, id
UPDATE push SET planned_ms = ?, fields_hash = ?, tag_digest = NULL WHERE id = ?;

-- name: push-tag-told
-- args: tag_digest or NULL, id
UPDATE push SET tag_digest = ? WHERE id = ?;

-- name: push-tag-forget
-- It is about to change, if anything is to be done. args: id, id
UPDATE push SET tag_digest = NULL
 WHERE id = ? AND EXISTS (SELECT 1 FROM push_row WHERE push_id = ? AND outcome = :PUSH_INTENDED);

-- name: push-tag-is-told
-- args: id
SELECT 1 FROM push WHERE id = ? AND tag_digest IS NOT NULL;

-- name: plan-base
-- The last push of a group but this one. args: group_id, id
SELECT id, planned_ms, fields_hash, tag_digest, segment_id, audience_id,
       CASE WHEN state = 'done' THEN 1 ELSE 0 END
  FROM push WHERE group_id = ? AND id <> ? AND dry_run = 0
 ORDER BY id DESC LIMIT 1;

-- name: plan-import-since
-- What an import writes has the time of its beginning. args: the last plan
SELECT 1 FROM import_run r
 WHERE r.finished_ms >= ?
    OR EXISTS (SELECT 1 FROM job j WHERE j.id = COALESCE(r.undo_job_id, r.job_id)
                  AND j.state NOT IN (:JOB_ENDED))
 LIMIT 1;

-- name: plan-changed
-- People whose fields, or whose company's, or whose members others changed since;
-- not whom an import made that had ended before the last plan. args: since, the
-- last plan, since, the last plan, since, limit
SELECT p.id FROM person p
 WHERE p.updated_ms >= ?
   AND (p.import_id IS NULL OR p.updated_ms <> p.created_ms
        OR p.import_id NOT IN (SELECT r.id FROM import_run r WHERE r.finished_ms < ?))
 UNION SELECT p.id FROM company c JOIN person p ON p.company_id = c.id
        WHERE c.updated_ms >= ?
          AND (c.import_id IS NULL OR c.updated_ms <> c.created_ms
               OR c.import_id NOT IN (SELECT r.id FROM import_run r WHERE r.finished_ms < ?))
 UNION SELECT e.record_id FROM bridge_member m JOIN email e ON e.hash = m.email_hash
        WHERE m.others_ms >= ? AND e.entity = :ENTITY_PERSON
 LIMIT ?;

-- name: plan-barred
-- People whose address is held, or may have opted out, or is the demo's: nothing
-- tells since when.
SELECT record_id FROM email WHERE held <> :HELD_NO AND entity = :ENTITY_PERSON
 UNION SELECT e.record_id FROM unclear_opt_out u JOIN email e ON e.hash = u.hash
        WHERE e.entity = :ENTITY_PERSON
 UNION SELECT e.record_id FROM demo_barred b JOIN email e ON e.hash = b.hash
        WHERE e.entity = :ENTITY_PERSON;

-- name: plan-sharing
-- Who shares, or shared, an address with these people, also with what they had in
-- a push; 0: one of those is gone. args: JSON ids, push_id, JSON ids
SELECT o.record_id FROM email e JOIN email o ON o.hash = e.hash AND o.id <> e.id
 WHERE e.entity = :ENTITY_PERSON AND e.record_id IN JSON_INTS(?)
   AND o.entity = :ENTITY_PERSON
 UNION SELECT COALESCE(o.record_id, 0)
  FROM push_row r LEFT JOIN email e ON e.id = r.email_id
  LEFT JOIN email o ON o.hash = e.hash AND o.entity = :ENTITY_PERSON
 WHERE r.push_id = ? AND r.person_id IN JSON_INTS(?) AND r.email_id IS NOT NULL;

-- name: plan-base-walk
-- The people of a push by id: do they have the tag by it (1), or is their address
-- that of somebody else (2)? args: push_id, after, limit
SELECT person_id, CASE WHEN action IN (:PUSH_TAGGED) AND outcome = :PUSH_APPLIED THEN 1
                       WHEN reason = :LEFT_OUT_DUPLICATE THEN 2 ELSE 0 END
  FROM push_row WHERE push_id = ? AND person_id > ? ORDER BY person_id LIMIT ?;

-- name: plan-copy
-- What stays of a push. args: push_id, that push, after, until, JSON ids of whom not
INSERT INTO push_row (push_id, person_id, email_id, action, outcome, reason, dropped)
SELECT CAST(? AS BIGINT), person_id, email_id,
       CASE WHEN reason = :LEFT_OUT_DUPLICATE THEN :PUSH_LEFT_OUT ELSE :PUSH_UNCHANGED END,
       :PUSH_APPLIED, reason, dropped
  FROM push_row WHERE push_id = ? AND person_id > ? AND person_id <= ?
   AND ((action IN (:PUSH_TAGGED) AND outcome = :PUSH_APPLIED)
        OR reason = :LEFT_OUT_DUPLICATE)
   AND person_id NOT IN JSON_INTS(?);

-- name: plan-base-hashes
-- The addresses with which these people were pushed, whether they have the tag by
-- it, the status of their members, the person, and whether they have it now.
-- args: push_id, JSON ids
SELECT e.hash, CASE WHEN r.action IN (:PUSH_TAGGED) AND r.outcome = :PUSH_APPLIED
                    THEN 1 ELSE 0 END,
       COALESCE(m.status, :MIRROR_NONE), r.person_id,
       CASE WHEN q.email_id = e.id THEN 1 ELSE 0 END
  FROM push_row r LEFT JOIN email e ON e.id = r.email_id
  LEFT JOIN person q ON q.id = r.person_id
  LEFT JOIN bridge_member m ON m.email_hash = e.hash
 WHERE r.push_id = ? AND r.person_id IN JSON_INTS(?);

-- name: plan-row-hashes
-- Of each person of a push but those who lost the tag: the address, and whether it
-- has the tag by the push. args: push_id, after, limit
SELECT r.person_id, e.hash,
       CASE WHEN r.action IN (:PUSH_TAGGED) AND r.outcome = :PUSH_APPLIED
            THEN 1 ELSE 0 END
  FROM push_row r LEFT JOIN email e ON e.id = r.email_id
 WHERE r.push_id = ? AND r.person_id > ? AND r.action <> :PUSH_UNTAG
 ORDER BY r.person_id LIMIT ?;

-- name: push-row-add
-- Nothing happens if the person has a row. args: push_id, person_id, email_id,
-- action, outcome, reason, detail, dropped
INSERT INTO push_row (push_id, person_id, email_id, action, outcome, reason, detail, dropped)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (push_id, person_id) DO NOTHING;

-- name: push-row-next
-- What is still to be done of one action, with its address. An untagged row
-- has its hash in detail. Then the present: the person's marketing address, is
-- the person opted out, is it held, the status of its member (none, if the
-- bridge archived it), whether it did, is the address the person's marketing
-- address, and is it the demo's while mail goes out (see demo_barred); have others
-- the address, or had, so that all of that is to be asked of push-row-shared?
-- The language of its member, as the mirror has it.
-- args: push_id, action, person_id of the last one before, limit
SELECT r.person_id, r.email_id,
       COALESCE(e.folded, (SELECT MAX(h.folded) FROM email h
                            WHERE h.hash = r.detail AND r.action = :PUSH_UNTAG)),
       COALESCE(e.hash, r.detail), COALESCE(p.email_id, 0),
       CASE WHEN e.ended_ms IS NULL AND e.id IS NOT NULL AND (p.opted_out = 1 OR c.opted_out = 1)
            THEN 1 ELSE 0 END,
       CASE WHEN (e.ended_ms IS NULL AND e.held <> :HELD_NO)
              OR EXISTS (SELECT 1 FROM unclear_opt_out u WHERE u.hash = e.hash)
            THEN 1 ELSE 0 END,
       CASE WHEN m.status = :MIRROR_ARCHIVED AND m.added_ms IS NOT NULL THEN :MIRROR_NONE
            ELSE COALESCE(m.status, :MIRROR_NONE) END,
       CASE WHEN (m.status = :MIRROR_ARCHIVED AND m.added_ms IS NOT NULL)
              OR (m.status = :MIRROR_NONE AND m.archived_ms IS NOT NULL) THEN 1 ELSE 0 END,
       CASE WHEN p.email_id = e.id THEN 1 ELSE 0 END,
       CASE WHEN e.hash IN (SELECT b.hash FROM demo_barred b) THEN 1 ELSE 0 END,
       CASE WHEN e.record_id <> r.person_id OR e.entity <> :ENTITY_PERSON
              OR EXISTS (SELECT 1 FROM email o WHERE o.hash = e.hash AND o.id <> e.id)
            THEN 1 ELSE 0 END,
       m.language
  FROM push_row r
  LEFT JOIN email e ON e.id = r.email_id
  LEFT JOIN bridge_member m ON m.email_hash = e.hash
  LEFT JOIN person p ON p.id = r.person_id
  LEFT JOIN company c ON c.id = p.company_id
 WHERE r.push_id = ? AND r.action = ? AND r.outcome = :PUSH_INTENDED AND r.person_id > ?
 ORDER BY r.person_id
 LIMIT ?;

-- name: push-row-shared
-- The same of rows whose address others have, or had: is anybody with it opted
-- out, is it held, whoever has it, is it anybody's marketing address.
-- args: push_id, JSON person ids
SELECT r.person_id, r.email_id,
       COALESCE(e.folded, (SELECT MAX(h.folded) FROM email h
                            WHERE h.hash = r.detail AND r.action = :PUSH_UNTAG)),
       COALESCE(e.hash, r.detail), COALESCE(p.email_id, 0),
       (SELECT COUNT(*) FROM email o JOIN person q ON q.id = o.record_id
          LEFT JOIN company c ON c.id = q.company_id
         WHERE o.hash = e.hash AND o.entity = :ENTITY_PERSON AND o.ended_ms IS NULL
           AND (q.opted_out = 1 OR c.opted_out = 1)),
       CASE WHEN EXISTS (SELECT 1 FROM email h WHERE h.hash = e.hash AND h.ended_ms IS NULL AND h.held <> :HELD_NO)
              OR EXISTS (SELECT 1 FROM unclear_opt_out u WHERE u.hash = e.hash)
            THEN 1 ELSE 0 END,
       CASE WHEN m.status = :MIRROR_ARCHIVED AND m.added_ms IS NOT NULL THEN :MIRROR_NONE
            ELSE COALESCE(m.status, :MIRROR_NONE) END,
       CASE WHEN (m.status = :MIRROR_ARCHIVED AND m.added_ms IS NOT NULL)
              OR (m.status = :MIRROR_NONE AND m.archived_ms IS NOT NULL) THEN 1 ELSE 0 END,
       (SELECT COUNT(*) FROM email s JOIN person q ON q.id = s.record_id AND q.email_id = s.id
         WHERE s.hash = e.hash AND s.entity = :ENTITY_PERSON),
       CASE WHEN e.hash IN (SELECT b.hash FROM demo_barred b) THEN 1 ELSE 0 END,
       1, m.language
  FROM push_row r
  LEFT JOIN email e ON e.id = r.email_id
  LEFT JOIN bridge_member m ON m.email_hash = e.hash
  LEFT JOIN person p ON p.id = r.person_id
 WHERE r.push_id = ? AND r.person_id IN JSON_INTS(?)
 ORDER BY r.person_id;

-- name: push-row-again
-- It is to be done otherwise. args: action, email_id, push_id, person_id
UPDATE push_row SET action = ?, email_id = ? WHERE push_id = ? AND person_id = ?;

-- name: push-row-untag
-- An address loses the tag although its person is in the group.
-- args: push_id, negative number, email_id, reason, hash
INSERT INTO push_row (push_id, person_id, email_id, action, outcome, reason, detail)
VALUES (?, ?, ?, :PUSH_UNTAG, :PUSH_INTENDED, ?, ?)
    ON CONFLICT (push_id, person_id) DO UPDATE SET outcome = :PUSH_INTENDED, reason = excluded.reason;

-- name: push-overtaken
-- Who is in the tag by this push, and has another address since, or has opted out.
-- Row by row: joined with itself, push_row is read once for each of its rows where
-- PostgreSQL has not counted them yet. The person is next to the last one.
-- args: push_id
SELECT person_id FROM push_row
 WHERE push_id = ? AND action IN (:PUSH_TAGGED) AND outcome = :PUSH_APPLIED
   AND NOT EXISTS (
       SELECT 1 FROM person p
        WHERE p.id = push_row.person_id AND p.email_id = push_row.email_id
          AND +p.opted_out = 0
          AND (p.company_id IS NULL
               OR p.company_id NOT IN (SELECT d.id FROM company d WHERE d.opted_out = 1)));

-- name: push-doubtful-hashes
-- Addresses that may be barred by more than who has them: held, unclear, of the
-- demo, or of several.
SELECT hash FROM email WHERE held <> :HELD_NO AND ended_ms IS NULL
 UNION SELECT hash FROM unclear_opt_out
 UNION SELECT hash FROM demo_barred
 UNION SELECT hash FROM email GROUP BY hash HAVING COUNT(*) > 1;

-- name: push-overtaken-among
-- Of those addresses: who is in the tag by this push with one that may not be
-- mailed. args: JSON hashes, push_id
SELECT p.id
  FROM email e JOIN person p ON p.id = e.record_id AND p.email_id = e.id
 WHERE e.hash IN JSON_TEXTS(?) AND +e.entity = :ENTITY_PERSON
   AND (SELECT 1 FROM push_row r
         WHERE r.push_id = ? AND r.person_id = p.id
           AND r.action IN (:PUSH_TAGGED) AND r.outcome = :PUSH_APPLIED) = 1
   AND (EXISTS (SELECT 1 FROM unclear_opt_out u WHERE u.hash = e.hash)
        OR e.hash IN (SELECT b.hash FROM demo_barred b)
        OR EXISTS (
           SELECT 1 FROM email o
            WHERE o.hash = e.hash AND o.ended_ms IS NULL
              AND (o.held <> :HELD_NO
                   OR (o.entity = :ENTITY_PERSON AND EXISTS (
                       SELECT 1 FROM person q LEFT JOIN company d ON d.id = q.company_id
                        WHERE q.id = o.record_id
                          AND (q.opted_out = 1 OR d.opted_out = 1))))));

-- name: push-rows-reopen
-- They are to be done again. args: push_id, JSON person ids
UPDATE push_row SET action = :PUSH_UPDATE, outcome = :PUSH_INTENDED
 WHERE push_id = ? AND person_id IN JSON_INTS(?);

-- name: push-removals
-- Tags taken from those who left the group: what the circuit breaker counts.
-- args: push_id
SELECT COUNT(*) FROM push_row WHERE push_id = ? AND action = :PUSH_UNTAG AND reason IS NULL;

-- name: push-beyond-plan
-- What a push would do to people that its plan does not: give somebody the tag,
-- or at another address; subscribe who was a member; take the tag from somebody
-- for no reason of their own. No row looks for another one by itself: see
-- push-overtaken. args: push, plan, plan, plan
SELECT COUNT(*) FROM push_row r
 WHERE r.push_id = ?
   AND ((r.action IN (:PUSH_TAGGED) AND (r.person_id, r.email_id) NOT IN (
            SELECT p.person_id, p.email_id FROM push_row p
             WHERE p.push_id = ? AND p.action IN (:PUSH_TAGGED) AND p.email_id IS NOT NULL))
        OR (r.action = :PUSH_ADD AND r.person_id NOT IN (
            SELECT p.person_id FROM push_row p WHERE p.push_id = ? AND p.action = :PUSH_ADD))
        OR (r.action = :PUSH_UNTAG AND r.reason IS NULL AND r.detail NOT IN (
            SELECT p.detail FROM push_row p
             WHERE p.push_id = ? AND p.action = :PUSH_UNTAG AND p.detail IS NOT NULL)));

-- name: push-short-of-plan
-- Who was to have the tag, and is not of the group any more, though there is
-- such a person. args: plan, push
SELECT COUNT(*) FROM push_row p JOIN person q ON q.id = p.person_id AND q.erased_ms IS NULL
 WHERE p.push_id = ? AND p.action IN (:PUSH_TAGGED) AND p.person_id NOT IN (
       SELECT r.person_id FROM push_row r WHERE r.push_id = ?);

-- name: push-still-tagged
-- args: push_id
SELECT COUNT(*) FROM push_row WHERE push_id = ? AND action = :PUSH_UNTAG AND outcome <> :PUSH_APPLIED;

-- name: push-row-todo
-- args: push_id
SELECT 1 FROM push_row WHERE push_id = ?
   AND action IN (:PUSH_ADD, :PUSH_UPDATE, :PUSH_TAG) AND outcome = :PUSH_INTENDED LIMIT 1;

-- name: push-row-end
-- One writer: the job of the push.
-- args: outcome, reason, detail, dropped, new action or 0, same, push_id,
-- person_id
UPDATE push_row
   SET outcome = ?, reason = COALESCE(?, reason), detail = COALESCE(?, detail),
       dropped = COALESCE(?, dropped),
       action = CASE WHEN CAST(? AS INTEGER) = 0 THEN action
                     ELSE CAST(? AS INTEGER) END
 WHERE push_id = ? AND person_id = ?;

-- name: push-rows-applied
-- The same of many, of whom there is nothing to say. args: push_id, JSON person ids
UPDATE push_row SET outcome = :PUSH_APPLIED
 WHERE push_id = ? AND person_id IN JSON_INTS(?);

-- name: push-rows-applied-all
-- The same of all that are to be done so, from one person to another.
-- args: push_id, action, first person_id, last person_id
UPDATE push_row SET outcome = :PUSH_APPLIED
 WHERE push_id = ? AND +action = ? AND outcome = :PUSH_INTENDED AND person_id BETWEEN ? AND ?;

-- name: push-row-actions
-- args: push_id
SELECT action, COUNT(*) FROM push_row WHERE push_id = ? GROUP BY action;

-- name: push-row-dropped
-- Which values did not fit, and for how many. args: push_id
SELECT dropped, COUNT(*) FROM push_row
 WHERE push_id = ? AND dropped IS NOT NULL AND action <> :PUSH_LEFT_OUT
 GROUP BY dropped;

-- name: push-row-reasons
-- args: push_id
SELECT reason, COUNT(*) FROM push_row
 WHERE push_id = ? AND action = :PUSH_LEFT_OUT AND reason IS NOT NULL
 GROUP BY reason ORDER BY reason;

-- name: plan-addresses
-- What a plan must know of addresses of people: id, hash, folded, whether it is
-- held, or unclear whether it opted out; status and merge fields of the member
-- (one that we archived is none), whether its person is opted out, how many
-- people choose it, whether it is the demo's; has it another row, so that all
-- of that is to be asked of plan-addresses-shared? By id. args: ids (JSON array)
SELECT e.id, e.hash, e.folded,
       CASE WHEN (e.ended_ms IS NULL AND e.held <> :HELD_NO)
              OR EXISTS (SELECT 1 FROM unclear_opt_out u WHERE u.hash = e.hash)
            THEN 1 ELSE 0 END,
       CASE WHEN m.status = :MIRROR_ARCHIVED AND m.added_ms IS NOT NULL THEN :MIRROR_NONE
            ELSE COALESCE(m.status, :MIRROR_NONE) END,
       m.merge_hash,
       CASE WHEN e.ended_ms IS NULL AND (q.opted_out = 1 OR c.opted_out = 1) THEN 1 ELSE 0 END,
       CASE WHEN q.email_id = e.id THEN 1 ELSE 0 END,
       CASE WHEN e.hash IN (SELECT b.hash FROM demo_barred b) THEN 1 ELSE 0 END,
       CASE WHEN EXISTS (SELECT 1 FROM email o WHERE o.hash = e.hash AND o.id <> e.id)
            THEN 1 ELSE 0 END,
       m.language
  FROM email e
  LEFT JOIN person q ON q.id = e.record_id
  LEFT JOIN company c ON c.id = q.company_id
  LEFT JOIN bridge_member m ON m.email_hash = e.hash
 WHERE e.id IN JSON_INTS(?)
 ORDER BY e.id;

-- name: plan-addresses-shared
-- The same of addresses that others have, or had: whether it is held, whoever
-- has it, and whether anybody with it is opted out. args: ids (JSON array)
SELECT e.id, e.hash, e.folded,
       CASE WHEN EXISTS (SELECT 1 FROM email h WHERE h.hash = e.hash AND h.ended_ms IS NULL AND h.held <> :HELD_NO)
              OR EXISTS (SELECT 1 FROM unclear_opt_out u WHERE u.hash = e.hash)
            THEN 1 ELSE 0 END,
       CASE WHEN m.status = :MIRROR_ARCHIVED AND m.added_ms IS NOT NULL THEN :MIRROR_NONE
            ELSE COALESCE(m.status, :MIRROR_NONE) END,
       m.merge_hash,
       (SELECT COUNT(*) FROM email o JOIN person q ON q.id = o.record_id
          LEFT JOIN company c ON c.id = q.company_id
         WHERE o.hash = e.hash AND o.entity = :ENTITY_PERSON AND o.ended_ms IS NULL
           AND (q.opted_out = 1 OR c.opted_out = 1)),
       (SELECT COUNT(*) FROM email s
          JOIN person q ON q.id = s.record_id AND q.email_id = s.id
         WHERE s.hash = e.hash AND s.entity = :ENTITY_PERSON),
       CASE WHEN e.hash IN (SELECT b.hash FROM demo_barred b) THEN 1 ELSE 0 END,
       1, m.language
  FROM email e
  LEFT JOIN bridge_member m ON m.email_hash = e.hash
 WHERE e.id IN JSON_INTS(?)
 ORDER BY e.id;

-- name: plan-sharers
-- The people who share an address, whoever speaks for it first.
-- args: hash
SELECT p.id
  FROM email e JOIN person p ON p.id = e.record_id AND p.email_id = e.id
 WHERE e.hash = ? AND e.entity = :ENTITY_PERSON
 ORDER BY p.owns_address DESC, e.is_primary DESC, p.created_ms DESC, p.id DESC;

-- name: plan-person-of-hash
-- args: hash
SELECT record_id FROM email
 WHERE hash = ? AND entity = :ENTITY_PERSON
 ORDER BY ended_ms IS NOT NULL, id DESC LIMIT 1;

-- name: bridge-bounced-people
-- Who has an address that is held for bounces. args: hash
SELECT record_id FROM email
 WHERE hash = ? AND entity = :ENTITY_PERSON AND ended_ms IS NULL
   AND held IN (:HELD_HARD_BOUNCE, :HELD_SOFT_BOUNCES)
 ORDER BY record_id;

-- name: bridge-setting-clear
-- If it is still that. args: key, value
UPDATE setting SET value = NULL WHERE key = ? AND value = ?;
