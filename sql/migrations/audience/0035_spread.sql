-- Tests and sends by and by. recipient.variant is 16 more than a variant where
-- the winner's came after the test (delivery/spread.h); campaign.winner_ms is
-- when the winner is to be found while there is none yet.
CREATE INDEX recipient_variant ON recipient (campaign_id, variant) WHERE variant > 0;
CREATE INDEX campaign_undecided ON campaign (winner_ms) WHERE winner = 0 AND winner_ms IS NOT NULL;
