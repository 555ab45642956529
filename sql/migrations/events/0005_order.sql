-- The order of commits is that of the ids (delivery/event.c); nobody reads by
-- the transaction any more.
DROP INDEX event_order;
