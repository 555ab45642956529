#include "api/agreement_json.h"

#include "audience/form/agreement.h"
#include "base/json.h"

/* Texts that are not known are null. */
static void add_text(struct json_writer *w, const char *key, const char *text)
{
	json_key_text(w, key, text && *text ? text : NULL);
}

void agreement_format(struct json_writer *w, const char *key,
		      const struct agreement *a)
{
	bool confirmed = a->agreed_ms > a->asked_ms;

	if (key)
		json_key_begin_object(w, key);
	else
		json_begin_object(w);
	add_text(w, "form", a->form);
	add_text(w, "text", a->text);
	json_key_time(w, "signed_up_at", a->asked_ms);
	add_text(w, "signed_up_ip", a->asked_ip);
	json_key_time_or_null(w, "confirmed_at", confirmed ? a->agreed_ms : 0);
	add_text(w, "confirmed_ip", confirmed ? a->agreed_ip : NULL);
	json_end_object(w);
}
