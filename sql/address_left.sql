-- schema: audience
-- Who got a campaign at an address that is another member's by now.

-- name: address-left-lock
-- Before it is asked who may be about to get it: nobody is claimed by the old
-- address between that and the end of the move. args: JSON array of members
SELECT r.member_id FROM recipient r
WHERE r.member_id IN JSON_INTS(?) AND +r.state IN (:RECIPIENT_OPEN)
ORDER BY r.campaign_id, r.member_id FOR UPDATE;

-- name: address-left-add
-- A member leaves an address: of campaigns that are under way, and have gone to it
-- there, or may be about to (+: by the member). args: hash, member
INSERT INTO address_left (campaign_id, email_hash, member_id)
SELECT r.campaign_id, CAST(? AS TEXT), r.member_id
FROM recipient r JOIN campaign c ON c.id = r.campaign_id
WHERE r.member_id = ? AND c.status IN (:CAMPAIGN_SENDING, :CAMPAIGN_PAUSED)
	AND (r.sent_seq IS NOT NULL OR +r.state IN (:RECIPIENT_CLAIMED, :RECIPIENT_HANDED))
ON CONFLICT DO NOTHING;

-- name: address-left-any
-- args: campaign
SELECT 1 FROM address_left WHERE campaign_id = ? LIMIT 1;

-- name: address-left-return
-- Whoever is claimed anew, and has not got it for certain, did not get it there.
-- args: campaign, JSON array of members
DELETE FROM address_left WHERE campaign_id = ? AND member_id IN JSON_INTS(?);

-- name: address-left-taken
-- Of some members those whose address another one left after it got the campaign
-- there. args: campaign, JSON array of members
SELECT DISTINCT m.id FROM member m
JOIN address_left a ON a.campaign_id = ? AND a.email_hash = m.email_hash AND a.member_id <> m.id
WHERE m.id IN JSON_INTS(?) ORDER BY m.id;

-- name: address-left-end
-- The campaign is over. args: campaign
DELETE FROM address_left WHERE campaign_id = ?;
