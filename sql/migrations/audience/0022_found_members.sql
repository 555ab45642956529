-- Who complained, of a list: unsubscribed_by 3.
CREATE INDEX member_complained ON member (list_id, id) WHERE unsubscribed_by = 3;
