-- Refused, unsubscribed, complained, bounced: read before all the rest, see
-- delivery/urgent.h.
CREATE INDEX event_urgent ON event (id) WHERE kind IN (4, 9, 10, 11);
