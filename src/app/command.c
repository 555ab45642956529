#include "app/command.h"

#include "base/cleanup.h"

static const struct flag json_only[] = { JSON_FLAG, END };

static const struct flag import_flags[] = {
	{ "entity", "NAME", "people (default), leads or companies" },
	{ "mapping", "FILE", "JSON object: column header to field" },
	{ "match", "HOW", "auto (default), id, email or key" },
	{ "delimiter", "CHAR", "instead of the detected one" },
	{ "encoding", "NAME", "instead of the detected one: windows-1252 ..." },
	{ "date-order", "ORDER", "of 1/2/1980: dmy or mdy" },
	{ "consent", "COLUMN=IS",
	  "the column is opt_out (yes: no mail), opt_in (no: no mail), "
	  "opt_in_only (all but yes, also blank: no mail), status (words: "
	  "unsubscribed), reason (a text: no mail), out (who is asked about: "
	  "no mail) or ignore; repeat it" },
	{ "consent-value", "C:VALUE=SAYS",
	  "that value of column C says out, or ignore; repeat it" },
	{ "yes", NULL, "confirm an import that opts out many" },
	{ "dry-run", NULL, "say what would happen, change nothing" },
	{ "refused", "FILE", "write the refused rows as CSV" },
	JSON_FLAG,
	END,
};

static const struct flag image_add_flags[] = {
	{ "name", "TEXT", "instead of the file's own" },
	JSON_FLAG,
	END,
};

static const struct flag image_list_flags[] = {
	{ "q", "TEXT", "part of the name" },
	JSON_FLAG,
	END,
};

static const struct flag decide_flags[] = {
	{ "opt-out", NULL, "opt out whoever has one of the addresses" },
	{ "release", NULL, "hold them no longer" },
	JSON_FLAG,
	END,
};

static const struct flag output_flags[] = {
	{ "output", "FILE", "write to a file instead of standard output" },
	END,
};

static const struct flag forget_flags[] = {
	{ "column", "NAME", "only what was said of this column" },
	JSON_FLAG,
	END,
};

static const struct flag campaign_design_flags[] = {
	{ "set", "FILE", "JSON: put this design in its place" },
	JSON_FLAG,
	END,
};

static const struct flag template_show_flags[] = {
	{ "lang", "CODE", "of a built-in one: en (default) or de" },
	JSON_FLAG,
	END,
};

static const struct flag template_create_flags[] = {
	{ "name", "TEXT", "required" },
	{ "about", "TEXT", "what it is good for" },
	JSON_FLAG,
	END,
};

static const struct flag export_flags[] = {
	{ "group", "ID", "only the members of a group" },
	{ "q", "WORDS", "only whose name or address contains them" },
	{ "filter", "JSON", "only who fits, as in people list" },
	{ "output", "FILE", "write to a file instead of standard output" },
	END,
};

static const struct flag people_list_flags[] = {
	{ "q", "WORDS", "whose name or address contains them" },
	{ "filter", "JSON",
	  "who fits criteria, as of a group: {\"conditions\": [{\"field\": "
	  "\"city\", \"op\": \"is\", \"value\": \"Bern\"}]}" },
	{ "sort", "FIELD",
	  "id (default), name, created_at or updated_at; -name: downwards" },
	{ "limit", "N", "at most so many (default 50)" },
	JSON_FLAG,
	END,
};

static const struct flag opt_out_flags[] = {
	{ "reason", "TEXT", "the ground, for the history of consent" },
	JSON_FLAG,
	END,
};

static const struct flag campaign_flags[] = {
	{ "name", "NAME", "name of the campaign" },
	{ "group", "ID", "whom it goes to" },
	{ "subject", "TEXT", "subject line; merge tags are allowed" },
	{ "preview", "TEXT", "what inboxes show behind the subject" },
	{ "from-name", "NAME", "name of the sender" },
	{ "from-email", "ADDRESS", "address of the sender" },
	{ "reply-to", "ADDRESS", "where answers go" },
	{ "html", "FILE", "the message; UTF-8, or it says what it is" },
	{ "text", "FILE", "plain-text part; made from the HTML if left out" },
	JSON_FLAG,
	END,
};

static const struct flag campaign_list_flags[] = {
	{ "q", "TEXT", "whose name contains it" },
	{ "status", "STATUS", "draft, sent ...; several by comma" },
	{ "sort", "FIELD", "as in people list; also sent_at, schedule_at" },
	{ "limit", "N", "at most so many (default 50)" },
	JSON_FLAG,
	END,
};

static const struct flag campaign_schedule_flags[] = {
	{ "at", "TIME", "when, as 2030-12-24T09:00:00Z" },
	JSON_FLAG,
	END,
};

static const struct flag campaign_check_flags[] = {
	{ "links", NULL,
	  "also try its links, and look up the domain of its sender" },
	JSON_FLAG,
	END,
};

static const struct flag campaign_preview_flags[] = {
	{ "person", "ID",
	  "as this person gets it; else the first whom it reaches" },
	{ "text", NULL, "its plain text instead of HTML" },
	{ "output", "FILE", "write to a file instead of standard output" },
	END,
};

static const struct flag campaign_test_flags[] = {
	{ "to", "ADDRESS", "where the test goes" },
	JSON_FLAG,
	END,
};

static const struct flag campaign_report_flags[] = {
	{ "by", "STEP", "hour or day: how it came about" },
	JSON_FLAG,
	END,
};

static const struct flag campaign_send_flags[] = {
	{ "wait", NULL, "stay until it is sent" },
	{ "yes", NULL, "confirm a push that removes many" },
	JSON_FLAG,
	END,
};

static const struct flag field_read_flags[] = {
	{ "create", NULL, "create those that are mapped and missing" },
	JSON_FLAG,
	END,
};

static const struct flag outbox_list_flags[] = {
	{ "rcpt", "ADDRESS", "only to this address" },
	{ "limit", "N", "at most so many (default 50)" },
	JSON_FLAG,
	END,
};

static const struct flag undo_flags[] = {
	{ "keep-opt-outs", NULL,
	  "give no opt-out back: whoever it opted out gets no mail" },
	JSON_FLAG,
	END,
};

static const struct flag undo_cleans_flags[] = {
	{ "dry-run", NULL, "only say what would be done" },
	JSON_FLAG,
	END,
};

static const struct flag job_list_flags[] = {
	{ "kind", "NAME", "only such: import, push, sync ..." },
	{ "open", NULL, "only those that have not ended" },
	JSON_FLAG,
	END,
};

static const struct flag user_create_flags[] = {
	{ "email", "ADDRESS", "address to sign in with" },
	{ "name", "NAME", "name of the person" },
	{ "role", "ROLE", "administrator, manager or user" },
	{ "may-send", NULL, "may send campaigns" },
	JSON_FLAG,
	END,
};

static const struct flag user_password_flags[] = {
	{ "email", "ADDRESS", "address that the user signs in with" },
	END,
};

static const struct flag key_create_flags[] = {
	{ "name", "NAME", "what it is for" },
	{ "role", "ROLE", "administrator, manager or user" },
	{ "may-send", NULL, "may send campaigns" },
	JSON_FLAG,
	END,
};

static const struct flag config_flags[] = {
	{ "print", NULL, "every option, its value and where it came from" },
	{ "describe", NULL, "every option with its names and meaning" },
	END,
};

static const struct flag restore_flags[] = {
	{ "yes", NULL, "replace the data that is there" },
	{ "other-data", NULL,
	  "even with a backup of another installation, one without people, or "
	  "files of several backups" },
	{ "discard-replaced", NULL,
	  "do not keep what is replaced in a folder replaced-TIME of the data "
	  "folder" },
	{ "lose-opt-outs", NULL,
	  "even if opt-outs since the backup are lost: the data cannot be read "
	  "and there is no suppression journal" },
	END,
};

const struct command commands[] = {
	{ "serve", "", "Run the server", "muster serve --listen 0.0.0.0:80",
	  NULL, cmd_serve },
	{ "import decide", "ID",
	  "Decide on addresses held for unclear opt-outs",
	  "muster import decide 7 --opt-out", decide_flags, cmd_import_decide },
	{ "import list", "", "List the imports, the latest first",
	  "muster import list", json_only, cmd_import_list },
	{ "import show", "ID", "What became of an import",
	  "muster import show 7", json_only, cmd_import_show },
	{ "import undo", "ID",
	  "Take an import back: what it made, changed and opted out",
	  "muster import undo 7 --keep-opt-outs", undo_flags, cmd_import_undo },
	{ "import refused", "ID",
	  "Write the refused rows of an import as CSV, with the reasons",
	  "muster import refused 7 --output refused.csv", output_flags,
	  cmd_import_refused },
	{ "import answers", "",
	  "What was answered for files, by their headers, and is remembered",
	  "muster import answers", json_only, cmd_import_answers },
	{ "import forget", "ANSWERS",
	  "Forget such answers: those files are asked about again",
	  "muster import forget 8f14e45f --column Newsletter", forget_flags,
	  cmd_import_forget },
	{ "import", "FILE",
	  "Import people, leads or companies from a CSV file (-: standard "
	  "input)",
	  "muster import people.csv --dry-run", import_flags, cmd_import },
	{ "export", "ENTITY", "Write people, leads or companies as CSV",
	  "muster export people --group 3 > people.csv", export_flags,
	  cmd_export },
	{ "people list", "", "List people: search, filter, sort",
	  "muster people list --q smith --sort name", people_list_flags,
	  cmd_people_list },
	{ "people show", "ID", "All fields of a person", "muster people show 7",
	  json_only, cmd_people_show },
	{ "people opt-out", "ID", "Send a person no marketing any more",
	  "muster people opt-out 7 --reason 'asked by phone'", opt_out_flags,
	  cmd_people_opt_out },
	{ "group create", "", "Make a group",
	  "muster group create --name Spain --criteria "
	  "'{\"match\":\"all\",\"conditions\":[{\"field\":\"country\","
	  "\"op\":\"is\",\"value\":\"Spain\"}]}'",
	  group_create_flags, cmd_group_create },
	{ "group list", "", "List the groups with their sizes",
	  "muster group list --q news --kind dynamic", group_list_flags,
	  cmd_group_list },
	{ "group show", "ID", "Show a group", "muster group show 3", json_only,
	  cmd_group_show },
	{ "group update", "ID", "Change the name or the criteria of a group",
	  "muster group update 3 --name Iberia", group_update_flags,
	  cmd_group_update },
	{ "group include", "ID", "Put records into a static group by hand",
	  "muster group include 3 --ids 7,8", group_ids_flags,
	  cmd_group_include },
	{ "group exclude", "ID", "Take records out of a static group by hand",
	  "muster group exclude 3 --ids 7,8", group_ids_flags,
	  cmd_group_exclude },
	{ "group refresh", "ID", "Apply the criteria of a static group again",
	  "muster group refresh 3", json_only, cmd_group_refresh },
	{ "group delete", "ID", "Remove a group; its members stay",
	  "muster group delete 3", group_delete_flags, cmd_group_delete },
	{ "group pushes", "ID", "List the pushes of a group",
	  "muster group pushes 3", json_only, cmd_group_pushes },
	{ "push rows", "PUSH_ID", "List the people of a push, or of a plan",
	  "muster push rows 5 --action left_out --reason opted_out",
	  push_rows_flags, cmd_push_rows },
	{ "group members", "ID", "List the people of a group",
	  "muster group members 3 --limit 10", group_members_flags,
	  cmd_group_members },
	{ "group push", "ID", "Send a group to the audience as a tag",
	  "muster group push 3 --dry-run", push_flags, cmd_group_push },
	{ "field list", "", "Which field of people goes into which merge field",
	  "muster field list", json_only, cmd_field_list },
	{ "field set", "MAP", "Say which, instead of what was said before",
	  "muster field set FNAME=first_name,LNAME=last_name,CITY=city",
	  json_only, cmd_field_set },
	{ "field read", "", "Read the merge fields of the audience",
	  "muster field read --create", field_read_flags, cmd_field_read },
	{ "image add", "FILE", "Add a picture for campaigns, drawn anew",
	  "muster image add summer.jpg", image_add_flags, cmd_image_add },
	{ "image list", "", "List the pictures", "muster image list --q summer",
	  image_list_flags, cmd_image_list },
	{ "image delete", "ID", "Remove a picture that no campaign shows",
	  "muster image delete 4", json_only, cmd_image_delete },
	{ "campaign create", "", "Make a campaign",
	  "muster campaign create --name May --group 3 --subject Hello "
	  "--from-name Us --from-email us@example.org --html may.html",
	  campaign_flags, cmd_campaign_create },
	{ "campaign list", "", "List the campaigns with their figures",
	  "muster campaign list --status sent", campaign_list_flags,
	  cmd_campaign_list },
	{ "campaign show", "ID", "All that is known of a campaign",
	  "muster campaign show 1", json_only, cmd_campaign_show },
	{ "campaign update", "ID", "Change a draft",
	  "muster campaign update 1 --subject 'Hello again'", campaign_flags,
	  cmd_campaign_update },
	{ "campaign replicate", "ID", "Make a draft like it",
	  "muster campaign replicate 1", json_only, cmd_campaign_do },
	{ "campaign delete", "ID", "Remove one that was not sent",
	  "muster campaign delete 1", json_only, cmd_campaign_delete },
	{ "campaign design", "ID",
	  "Print the design of a campaign, or give it one; what is wrong with "
	  "it goes to standard error",
	  "muster campaign design 1 --set may.json", campaign_design_flags,
	  cmd_campaign_design },
	{ "campaign check", "ID", "What is missing before it can be sent",
	  "muster campaign check 1 --links", campaign_check_flags,
	  cmd_campaign_check },
	{ "campaign preview", "ID", "Write it as somebody would get it",
	  "muster campaign preview 1 --person 7 > may.html",
	  campaign_preview_flags, cmd_campaign_preview },
	{ "campaign test", "ID", "Queue a test to one address",
	  "muster campaign test 1 --to me@example.org", campaign_test_flags,
	  cmd_campaign_test },
	{ "campaign send", "ID", "Send it to its group",
	  "muster campaign send 1 --wait", campaign_send_flags,
	  cmd_campaign_send },
	{ "campaign watch", "ID", "Wait until it is sent; say why it waits",
	  "muster campaign watch 1", json_only, cmd_campaign_watch },
	{ "campaign schedule", "ID", "Send it at a time, or at another one",
	  "muster campaign schedule 1 --at 2030-12-24T09:00:00Z",
	  campaign_schedule_flags, cmd_campaign_schedule },
	{ "campaign unschedule", "ID", "Take the schedule back",
	  "muster campaign unschedule 1", json_only, cmd_campaign_do },
	{ "campaign pause", "ID", "Stop sending it for now",
	  "muster campaign pause 1", json_only, cmd_campaign_act },
	{ "campaign resume", "ID", "Go on sending it",
	  "muster campaign resume 1", json_only, cmd_campaign_act },
	{ "campaign cancel", "ID", "Stop sending it: who waits is left out",
	  "muster campaign cancel 1", json_only, cmd_campaign_act },
	{ "campaign finish", "ID", "Try nobody again: then it is sent",
	  "muster campaign finish 1", json_only, cmd_campaign_act },
	{ "campaign report", "ID", "What became of it",
	  "muster campaign report 1 --by day", campaign_report_flags,
	  cmd_campaign_report },
	{ "campaign recipients", "ID", "Who is behind the figures of a report",
	  "muster campaign recipients 1 --response clicked --csv",
	  recipients_flags, cmd_campaign_recipients },
	{ "campaign group", "ID", "Make a group of some of its recipients",
	  "muster campaign group 1 --name Clicked --response clicked",
	  recipients_group_flags, cmd_campaign_group },
	{ "campaign undo-cleans", "ID",
	  "Undo that its bounces made members cleaned and addresses held",
	  "muster campaign undo-cleans 1 --dry-run", undo_cleans_flags,
	  cmd_campaign_undo_cleans },
	{ "template list", "", "List the designs to begin with",
	  "muster template list", json_only, cmd_template_list },
	{ "template show", "TEMPLATE", "Print the design of a template",
	  "muster template show starter-newsletter --lang de > may.json",
	  template_show_flags, cmd_template_show },
	{ "template create", "FILE", "Keep a design as a template",
	  "muster template create may.json --name 'Our newsletter'",
	  template_create_flags, cmd_template_create },
	{ "template delete", "TEMPLATE", "Remove a template",
	  "muster template delete 3", json_only, cmd_template_delete },
	{ "returned", "",
	  "Take a mail that came back, from standard input: a bounce, or a "
	  "reader's complaint; for pipes of mail servers",
	  "muster returned < bounce.eml", json_only, cmd_returned },
	{ "job list", "", "List the jobs, the latest first",
	  "muster job list --kind import", job_list_flags, cmd_job_list },
	{ "job show", "ID", "How far a job is, or what it asks",
	  "muster job show 12", json_only, cmd_job_show },
	{ "job watch", "ID", "Wait for the end of a job and show how far it is",
	  "muster job watch 12", json_only, cmd_job_watch },
	{ "job confirm", "ID",
	  "Let a job go on that asked for it, and wait for its end",
	  "muster job confirm 12", json_only, cmd_job_confirm },
	{ "job cancel", "ID", "Stop a job", "muster job cancel 12", json_only,
	  cmd_job_cancel },
	{ "sync renew-hook", "",
	  "Give the webhook in the audience a new secret URL",
	  "muster sync renew-hook", json_only, cmd_sync_renew_hook },
	{ "sync audience", "LIST",
	  "Choose the master audience of an account that has several",
	  "muster sync audience 3f2a9c11d0", json_only, cmd_sync_audience },
	{ "sync", "", "Bring CRM and audience in step now", "muster sync",
	  json_only, cmd_sync },
	{ "suppression find", "ADDRESS",
	  "Say what stands against mailing an address",
	  "muster suppression find ada@example.org", json_only,
	  cmd_suppression_find },
	{ "outbox list", "", "Messages in the built-in mail catcher",
	  "muster outbox list --rcpt ann@example.org", outbox_list_flags,
	  cmd_outbox_list },
	{ "outbox show", "ID", "One message, as it was sent",
	  "muster outbox show 1", NULL, cmd_outbox_show },
	{ "user create", "",
	  "Make a user; the password is read from standard input",
	  "muster user create --email ann@example.org --name Ann --role "
	  "manager",
	  user_create_flags, cmd_user_create },
	{ "user list", "", "List the users", "muster user list", json_only,
	  cmd_user_list },
	{ "user password", "",
	  "Set a user's password, read from standard input; ends the sessions",
	  "muster user password --email ann@example.org", user_password_flags,
	  cmd_user_password },
	{ "key create", "", "Make an API key and print it",
	  "muster key create --name script --role administrator",
	  key_create_flags, cmd_key_create },
	{ "key list", "", "List the API keys", "muster key list", json_only,
	  cmd_key_list },
	{ "key revoke", "ID", "End an API key at once", "muster key revoke 2",
	  NULL, cmd_key_revoke },
	{ "config", "", "Show the configuration", "muster config --print",
	  config_flags, cmd_config },
	{ "backup", "FOLDER", "Copy the embedded databases while they are used",
	  "muster backup /var/backups/muster-2026-11-24", NULL, cmd_backup },
	{ "restore", "FOLDER",
	  "Put a backup in the place of the data folder's databases",
	  "muster restore /var/backups/muster-2026-11-24 --yes", restore_flags,
	  cmd_restore },
	{ "confirm-restore", "",
	  "Let a restored database send although its journal does not fit",
	  "muster confirm-restore", json_only, cmd_confirm_restore },
	{ "doctor", "", "Check the installation and say what to do",
	  "muster doctor", json_only, cmd_doctor },
	{ "help", "[COMMAND]", "Show help; --man and --completion write files",
	  "muster help import",
	  (const struct flag[]){ { "man", NULL, "the manual page, for man(1)" },
				 { "completion", NULL, "completion for bash" },
				 END },
	  cmd_help },
	{ NULL, NULL, NULL, NULL, NULL, NULL },
};

_Static_assert(ARRAY_SIZE(commands) <= COMMANDS_MAX, "raise COMMANDS_MAX");
