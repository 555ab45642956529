-- schema: crm
-- What is kept of parts of a campaign's report: see src/crm/campaign/kept.h. It is
-- counted here as count_row() in src/crm/campaign_figures.c tells it of each row.

-- name: campaign-kept-add
-- args: JSON array of arrays of campaign, kind, part, name, number
INSERT INTO campaign_kept (campaign_id, kind, part, name, n)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
       json_extract(value, '$[3]'), json_extract(value, '$[4]')
  FROM json_each(?) WHERE true
    ON CONFLICT (campaign_id, kind, part, name) DO UPDATE SET n = campaign_kept.n + excluded.n;

-- name: campaign-kept-add @pg
INSERT INTO campaign_kept (campaign_id, kind, part, name, n)
SELECT (v->>0)::bigint, (v->>1)::integer, (v->>2)::bigint, v->>3, (v->>4)::bigint
  FROM jsonb_array_elements(?::jsonb) AS t (v)
    ON CONFLICT (campaign_id, kind, part, name) DO UPDATE SET n = campaign_kept.n + excluded.n;

-- name: campaign-kept-remove
-- args: campaign_id
DELETE FROM campaign_kept WHERE campaign_id = ?;

-- name: campaign-kept-count
-- All but the domains. args: campaign_id (7 times)
INSERT INTO campaign_kept (campaign_id, kind, part, name, n)
SELECT campaign_id, :CRM_KEPT_LEFT_OUT, 0, why, COUNT(*)
  FROM (SELECT campaign_id, CASE WHEN state = :CRM_RECIPIENT_CANCELED THEN 'canceled'
                                 ELSE COALESCE(reason, 'other') END AS why
          FROM campaign_recipient
         WHERE campaign_id = ? AND state IN (:CRM_RECIPIENT_CANCELED, :CRM_RECIPIENT_LEFT_OUT)) x
 GROUP BY campaign_id, why
UNION ALL
SELECT campaign_id, :CRM_KEPT_HOUR_SENT, COALESCE(accepted_ms, at_ms) / 3600000, '', COUNT(*)
  FROM campaign_recipient
 WHERE campaign_id = ? AND state IN (:CRM_RECIPIENT_SENT)
 GROUP BY campaign_id, COALESCE(accepted_ms, at_ms) / 3600000
UNION ALL
SELECT campaign_id, :CRM_KEPT_HOUR_OPENED, opened_ms / 3600000, '', COUNT(*)
  FROM campaign_recipient
 WHERE campaign_id = ? AND opened_ms > 0 AND state <> :CRM_RECIPIENT_LEFT_OUT
 GROUP BY campaign_id, opened_ms / 3600000
UNION ALL
SELECT campaign_id, :CRM_KEPT_HOUR_CLICKED, clicked_ms / 3600000, '', COUNT(*)
  FROM campaign_recipient
 WHERE campaign_id = ? AND clicked_ms > 0 AND state <> :CRM_RECIPIENT_LEFT_OUT
 GROUP BY campaign_id, clicked_ms / 3600000
UNION ALL
SELECT campaign_id, :CRM_KEPT_HOUR_UNSUBSCRIBED, unsubscribed_ms / 3600000, '', COUNT(*)
  FROM campaign_recipient
 WHERE campaign_id = ? AND unsubscribed_ms > 0 AND state <> :CRM_RECIPIENT_LEFT_OUT
 GROUP BY campaign_id, unsubscribed_ms / 3600000
UNION ALL
SELECT campaign_id, :CRM_KEPT_HOUR_BOUNCED, COALESCE(bounced_ms, at_ms) / 3600000, '', COUNT(*)
  FROM campaign_recipient
 WHERE campaign_id = ? AND bounced <> :CRM_BOUNCE_NONE
 GROUP BY campaign_id, COALESCE(bounced_ms, at_ms) / 3600000
UNION ALL
SELECT campaign_id, kind, link_id, '',
       CASE kind WHEN :CRM_KEPT_LINK_PEOPLE THEN SUM(CASE WHEN people > 0 THEN 1 ELSE 0 END)
                 WHEN :CRM_KEPT_LINK_MACHINES THEN SUM(CASE WHEN machines > 0 THEN 1 ELSE 0 END)
                 WHEN :CRM_KEPT_LINK_CLICKS THEN SUM(people) ELSE SUM(people + machines) END
  FROM (SELECT r.campaign_id, a.link_id, r.person_id, SUM(1 - a.machine) AS people, SUM(a.machine) AS machines
          FROM campaign_activity a JOIN campaign_recipient r ON r.campaign_id = a.campaign_id AND r.person_id = a.person_id
         WHERE a.campaign_id = ? AND a.kind = :CRM_ACTIVITY_CLICK AND r.state <> :CRM_RECIPIENT_LEFT_OUT
         GROUP BY r.campaign_id, a.link_id, r.person_id) x
 CROSS JOIN (SELECT :CRM_KEPT_LINK_PEOPLE AS kind UNION ALL SELECT :CRM_KEPT_LINK_MACHINES
             UNION ALL SELECT :CRM_KEPT_LINK_CLICKS UNION ALL SELECT :CRM_KEPT_LINK_TOTAL) k
 GROUP BY campaign_id, kind, link_id;

-- name: campaign-kept-count-domains
-- Of addresses that are known. args: campaign_id
INSERT INTO campaign_kept (campaign_id, kind, part, name, n)
SELECT campaign_id, kind, 0, domain,
       SUM(CASE kind WHEN :CRM_KEPT_DOMAIN_SENT THEN sent WHEN :CRM_KEPT_DOMAIN_OPENED THEN opened
                     WHEN :CRM_KEPT_DOMAIN_CLICKED THEN clicked WHEN :CRM_KEPT_DOMAIN_BOUNCED THEN bounced
                     ELSE unsubscribed END)
  FROM (SELECT r.campaign_id, substr(e.folded, PLACE_OF(e.folded, '@') + 1) AS domain,
               COUNT(CASE WHEN r.state IN (:CRM_RECIPIENT_SENT) THEN 1 END) AS sent,
               COUNT(CASE WHEN r.state <> :CRM_RECIPIENT_LEFT_OUT THEN r.opened_ms END) AS opened,
               COUNT(CASE WHEN r.state <> :CRM_RECIPIENT_LEFT_OUT THEN r.clicked_ms END) AS clicked,
               COUNT(CASE WHEN r.bounced <> :CRM_BOUNCE_NONE THEN 1 END) AS bounced,
               COUNT(CASE WHEN r.state <> :CRM_RECIPIENT_LEFT_OUT THEN r.unsubscribed_ms END) AS unsubscribed
          FROM campaign_recipient r JOIN email e ON e.id = r.email_id
         WHERE r.campaign_id = ? AND e.folded <> ''
         GROUP BY r.campaign_id, substr(e.folded, PLACE_OF(e.folded, '@') + 1)) x
 CROSS JOIN (SELECT :CRM_KEPT_DOMAIN_SENT AS kind UNION ALL SELECT :CRM_KEPT_DOMAIN_OPENED
             UNION ALL SELECT :CRM_KEPT_DOMAIN_CLICKED UNION ALL SELECT :CRM_KEPT_DOMAIN_BOUNCED
             UNION ALL SELECT :CRM_KEPT_DOMAIN_UNSUBSCRIBED) k
 GROUP BY campaign_id, kind, domain;

-- name: campaign-kept-clicks
-- What some people's clicks add: of each link and person, by them and by machines.
-- args: campaign_id, ids (JSON array)
SELECT a.link_id, SUM(1 - a.machine), SUM(a.machine)
  FROM campaign_activity a JOIN campaign_recipient r ON r.campaign_id = a.campaign_id AND r.person_id = +a.person_id
 WHERE a.campaign_id = ? AND a.person_id IN JSON_INTS(?) AND +a.kind = :CRM_ACTIVITY_CLICK
   AND r.state <> :CRM_RECIPIENT_LEFT_OUT
 GROUP BY a.link_id, a.person_id;

-- name: campaign-kept-of-address
-- What recipients add to the domain of an address that goes.
-- args: email_id, person_id, person_id
SELECT r.campaign_id,
       CASE WHEN r.state IN (:CRM_RECIPIENT_SENT) THEN 1 ELSE 0 END,
       CASE WHEN r.opened_ms IS NOT NULL AND r.state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 ELSE 0 END,
       CASE WHEN r.clicked_ms IS NOT NULL AND r.state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 ELSE 0 END,
       CASE WHEN r.bounced <> :CRM_BOUNCE_NONE THEN 1 ELSE 0 END,
       CASE WHEN r.unsubscribed_ms IS NOT NULL AND r.state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 ELSE 0 END
  FROM campaign_recipient r
 WHERE r.email_id = ? AND (r.person_id = ? OR r.person_id IN
       (SELECT p.id FROM person p WHERE p.merged_into_id = ?));

-- name: campaign-kept-drop-name
-- A domain that nobody has any more: it may name somebody who was erased.
-- args: name, campaigns (JSON array)
DELETE FROM campaign_kept WHERE name = ? AND n = 0 AND campaign_id IN JSON_INTS(?);

-- name: campaign-kept-left-out
-- args: campaign_id
SELECT name, n FROM campaign_kept
 WHERE campaign_id = ? AND kind = :CRM_KEPT_LEFT_OUT AND n > 0 ORDER BY name;

-- name: campaign-kept-hours
-- args: campaign_id
SELECT kind, part, n FROM campaign_kept
 WHERE campaign_id = ? AND kind BETWEEN :CRM_KEPT_HOUR_SENT AND :CRM_KEPT_HOUR_BOUNCED
   AND n > 0
 ORDER BY kind, part;

-- name: campaign-kept-domains
-- Those with the most, those that got none left out. args: campaign_id, limit
SELECT s.name, s.n, COALESCE(o.n, 0), COALESCE(c.n, 0), COALESCE(b.n, 0), COALESCE(u.n, 0)
  FROM (SELECT campaign_id, name, n FROM campaign_kept
         WHERE campaign_id = ? AND kind = :CRM_KEPT_DOMAIN_SENT AND n > 0
         ORDER BY n DESC, name LIMIT ?) s
  LEFT JOIN campaign_kept o ON o.campaign_id = s.campaign_id AND o.kind = :CRM_KEPT_DOMAIN_OPENED
       AND o.part = 0 AND o.name = s.name
  LEFT JOIN campaign_kept c ON c.campaign_id = s.campaign_id AND c.kind = :CRM_KEPT_DOMAIN_CLICKED
       AND c.part = 0 AND c.name = s.name
  LEFT JOIN campaign_kept b ON b.campaign_id = s.campaign_id AND b.kind = :CRM_KEPT_DOMAIN_BOUNCED
       AND b.part = 0 AND b.name = s.name
  LEFT JOIN campaign_kept u ON u.campaign_id = s.campaign_id AND u.kind = :CRM_KEPT_DOMAIN_UNSUBSCRIBED
       AND u.part = 0 AND u.name = s.name
 ORDER BY s.n DESC, s.name;
