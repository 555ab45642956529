"""What a client of the Marketing API usually does, by two libraries of other
people as they are, but for the address of the server:

    URL=http://... KEY=... HOOK=http://... python3 usual_work.py mailchimp3

Ends with 0 and a line of JSON about what it left behind, or says what was
otherwise. usual_work.ts does the same with those of Node.
"""
import hashlib
import io
import json
import os
import sys
import tarfile
import time
import urllib.request

PEOPLE = 1000
AT_ONCE = 500
URL, KEY, HOOK = os.environ["URL"], os.environ["KEY"], os.environ["HOOK"]


class Official:
    """mailchimp-marketing"""

    def __init__(self):
        from mailchimp_marketing import Client
        from mailchimp_marketing.api_client import ApiClientError
        self.client = Client({"api_key": KEY, "server": "us1"})
        self.client.api_client.host = URL + "/3.0"
        self.error = ApiClientError
        c, lists = self.client, self.client.lists
        self.ping, self.root = c.ping.get, c.root.get_root
        self.add_list, self.remove_list = lists.create_list, lists.delete_list
        self.add_field = lists.add_list_merge_field
        self.add_members = lists.batch_list_members
        self.page = lambda list_id, count, offset: lists.get_list_members_info(
            list_id, count=count, offset=offset)
        self.tag = lists.update_list_member_tags
        self.member, self.put = lists.get_list_member, lists.set_list_member
        self.patch, self.add_member = lists.update_list_member, lists.add_list_member
        self.archive = lists.delete_list_member
        self.forget = lists.delete_list_member_permanent
        self.add_category = lists.create_list_interest_category
        self.add_interest = lists.create_interest_category_interest
        self.add_segment = lists.create_segment
        self.in_segment = lists.get_segment_members_list
        self.add_webhook = lists.create_list_webhook
        self.add_template = c.templates.create
        self.add_campaign, self.campaign = c.campaigns.create, c.campaigns.get
        self.set_content = c.campaigns.set_content
        self.checklist, self.send = c.campaigns.get_send_checklist, c.campaigns.send
        self.report = c.reports.get_campaign_report
        self.sent_to = c.reports.get_campaign_recipients
        self.batch, self.batch_status = c.batches.start, c.batches.status

    @staticmethod
    def problem(error):
        text = error.text
        return json.loads(text) if isinstance(text, str) else text


class Other:
    """mailchimp3"""

    def __init__(self):
        from mailchimp3 import MailChimp
        from mailchimp3.mailchimpclient import MailChimpError
        self.client = MailChimp(mc_api=KEY)
        self.client.base_url = URL + "/3.0/"
        self.error = MailChimpError
        c, lists = self.client, self.client.lists
        self.ping, self.root = c.ping.get, c.root.get
        self.add_list, self.remove_list = lists.create, lists.delete
        self.add_field = lists.merge_fields.create
        self.add_members = lists.update_members
        self.page = lambda list_id, count, offset: lists.members.all(
            list_id, count=count, offset=offset)
        self.tag = lists.members.tags.update
        self.member, self.put = lists.members.get, lists.members.create_or_update
        self.patch, self.add_member = lists.members.update, lists.members.create
        self.archive = lists.members.delete
        self.forget = lists.members.delete_permanent
        self.add_category = lists.interest_categories.create
        self.add_interest = lists.interest_categories.interests.create
        self.add_segment = lists.segments.create
        self.in_segment = lists.segments.members.all
        self.add_webhook = lists.webhooks.create
        self.add_template = c.templates.create
        self.add_campaign, self.campaign = c.campaigns.create, c.campaigns.get
        self.set_content = c.campaigns.content.update
        self.checklist = c.campaigns.send_checklist.get
        self.send = c.campaigns.actions.send
        self.report = c.reports.get
        self.sent_to = c.reports.sent_to.all
        self.batch, self.batch_status = c.batches.create, c.batches.get

    @staticmethod
    def problem(error):
        return error.args[0]


def address(i):
    return "o'hara7@clients.example" if i == 7 else f"m{i}@clients.example"


def digest(i):
    return hashlib.md5(address(i).encode()).hexdigest()


def person(i):
    return {"email_address": address(i), "status": "subscribed",
            "merge_fields": {"FNAME": "Ada" if i % 2 else "فاطمة", "LNAME": f"No. {i}",
                             "CITY": "Bonn" if i < 100 else "Köln"}}


def eventually(what, ask):
    for _ in range(600):
        found = ask()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what} does not end")


def equal(got, wanted):
    assert got == wanted, f"{got!r} instead of {wanted!r}"


def refused(api, call, title):
    try:
        call()
    except api.error as error:
        equal(api.problem(error)["title"], title)
    else:
        raise AssertionError(f"a call was answered that should be {title}")


def audience(api, made):
    equal(api.ping()["health_status"], "Everything's Chimpy!")
    assert api.root()["account_id"]
    made["list"] = api.add_list({
        "name": "Clients of others", "permission_reminder": "You asked for it.",
        "email_type_option": False,
        "contact": {"company": "Acme", "address1": "1 Road", "city": "Bonn", "state": "NW",
                    "zip": "53111", "country": "DE"},
        "campaign_defaults": {"from_name": "Ann", "from_email": "ann@example.org",
                              "subject": "Hello", "language": "en"}})["id"]
    api.add_field(made["list"], {"tag": "CITY", "name": "City", "type": "text"})


def members(api, made):
    everybody = [person(i) for i in range(PEOPLE)]
    for i in range(0, PEOPLE, AT_ONCE):
        result = api.add_members(made["list"], {"members": everybody[i:i + AT_ONCE],
                                                "update_existing": False})
        equal((result["total_created"], result["error_count"]), (AT_ONCE, 0))
    seen, offset = set(), 0
    while True:
        page = api.page(made["list"], AT_ONCE, offset)
        equal(page["total_items"], PEOPLE)
        if not page["members"]:
            break
        seen |= {member["email_address"] for member in page["members"]}
        offset += AT_ONCE
    equal(len(seen), PEOPLE)


def tags_and_interests(api, made):
    for i in (1, 2, 3):
        api.tag(made["list"], digest(i), {"tags": [{"name": "vip", "status": "active"}]})
    tags = api.member(made["list"], digest(2))["tags"]
    equal([tag["name"] for tag in tags], ["vip"])
    made["vip"] = tags[0]["id"]
    made["category"] = api.add_category(
        made["list"], {"title": "Topics", "type": "checkboxes"})["id"]
    made["interest"] = api.add_interest(made["list"], made["category"], {"name": "Tea"})["id"]
    for i in (2, 3, 4):
        api.patch(made["list"], digest(i), {"interests": {made["interest"]: True}})
    equal(api.member(made["list"], digest(4))["interests"], {made["interest"]: True})


def segments(api, made):
    segment = api.add_segment(made["list"], {"name": "Tea in Bonn", "options": {
        "match": "all", "conditions": [
            {"condition_type": "TextMerge", "field": "CITY", "op": "is", "value": "Bonn"},
            {"condition_type": "StaticSegment", "field": "static_segment", "op": "static_is",
             "value": made["vip"]},
            {"condition_type": "Interests", "field": "interests-" + made["category"],
             "op": "interestcontains", "value": [made["interest"]]}]}})
    equal(segment["member_count"], 2)
    found = api.in_segment(made["list"], segment["id"])["members"]
    equal(sorted(m["email_address"] for m in found), [address(2), address(3)])
    made["segment"] = segment["id"]


def campaign(api, made):
    template = api.add_template({"name": "Letter", "html": (
        '<html><body><div mc:edit="body">Old</div><a href="*|UNSUB|*">Leave</a></body></html>')})
    made["campaign"] = api.add_campaign({
        "type": "regular",
        "recipients": {"list_id": made["list"],
                       "segment_opts": {"saved_segment_id": made["segment"]}},
        "settings": {"subject_line": "Tea, *|FNAME|*", "title": "Tea", "from_name": "Ann",
                     "reply_to": "ann@example.org"}})["id"]
    content = api.set_content(made["campaign"], {"template": {
        "id": template["id"],
        "sections": {"body": '<p>New *|LNAME|* <a href="https://example.org/tea">tea</a></p>'}}})
    assert "New *|LNAME|*" in content["html"]
    checklist = api.checklist(made["campaign"])
    assert checklist["is_ready"], checklist
    api.send(made["campaign"])
    eventually("the send", lambda: api.campaign(made["campaign"])["status"] == "sent")
    eventually("the report", lambda: api.report(made["campaign"])["emails_sent"] == 2)
    equal(api.sent_to(made["campaign"])["total_items"], 2)


def batches(api, made):
    def path(i):
        return f"/lists/{made['list']}/members/{digest(i)}"
    operations = [{"method": "PATCH", "path": path(i),
                   "body": json.dumps({"merge_fields": {"CITY": "Berlin"}})} for i in (10, 11, 12)]
    operations.append({"method": "GET", "path": path(999_999)})
    started = api.batch({"operations": operations})

    def ended():
        status = api.batch_status(started["id"])
        return status if status["status"] == "finished" else None
    batch = eventually("the batch", ended)
    equal((batch["finished_operations"], batch["errored_operations"]), (4, 1))
    with urllib.request.urlopen(batch["response_body_url"]) as reply:
        tar = tarfile.open(fileobj=io.BytesIO(reply.read()), mode="r:gz")
    results = [r for m in tar if m.isfile() for r in json.load(tar.extractfile(m))]
    equal(sorted(r["status_code"] for r in results), [200, 200, 200, 404])
    equal(api.member(made["list"], digest(12))["merge_fields"]["CITY"], "Berlin")


def coming_and_going(api, made):
    list_id = made["list"]

    def status(i):
        return api.member(list_id, digest(i))["status"]
    api.add_webhook(list_id, {"url": HOOK, "events": {"unsubscribe": True},
                              "sources": {"user": True, "admin": True, "api": True}})
    api.put(list_id, digest(20), {"email_address": address(20), "status_if_new": "subscribed",
                                  "status": "unsubscribed"})
    equal(status(20), "unsubscribed")
    api.archive(list_id, digest(21))
    equal(status(21), "archived")
    api.put(list_id, digest(21), {"email_address": address(21), "status_if_new": "subscribed",
                                  "status": "subscribed"})
    equal(status(21), "subscribed")
    refused(api, lambda: api.add_member(list_id, person(22)), "Member Exists")
    api.forget(list_id, digest(23))
    refused(api, lambda: api.member(list_id, digest(23)), "Resource Not Found")
    refused(api, lambda: api.add_member(list_id, person(23)), "Forgotten Email Not Subscribed")


def main():
    api = {"mailchimp_marketing": Official, "mailchimp3": Other}[sys.argv[1]]()
    made = {}
    for step in (audience, members, tags_and_interests, segments, campaign, batches,
                 coming_and_going):
        print(step.__name__, file=sys.stderr)
        try:
            step(api, made)
        except api.error as error:
            sys.exit(f"{step.__name__}: {api.problem(error)}")
    print(json.dumps(made))


if __name__ == "__main__":
    main()
