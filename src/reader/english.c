/*
 * What readers are told, in English. Data alone, found by reader_text.c; any
 * thread.
 */
#include "reader/languages.h"

const struct reader_language reader_english = {
	.tag = "en",
	.decimal = ".", /* dates are written in two orders: the field says */
	.text = {
		[READER_SENT_TO] = "This e-mail was sent to *|EMAIL|*.",
		[READER_UNSUBSCRIBE] = "Unsubscribe",
		[READER_UNSUBSCRIBE_AT] = "Unsubscribe: *|UNSUB|*",
		[READER_SUBSCRIPTION] = "Your subscription",
		[READER_LIST] = "List:",
		[READER_ADDRESS] = "Address:",
		[READER_WANTS_NO_MORE] = "Do you want no more e-mail from this list?",
		[READER_HAS_LEFT] = "You are unsubscribed. You will get no more e-mail from this list.",
		[READER_IS_OUT] = "You are not subscribed. You get no e-mail from this list.",
		[READER_IS_TEST] = "This was a test mail: there is nobody to unsubscribe.",
		[READER_TAKE_BACK] = "That was a mistake: subscribe me again",
		[READER_IS_TAKEN_BACK] = "Your unsubscribe is taken back. You will go on getting e-mail from this list, unless its sender has left you out for another reason.",
		[READER_CANNOT_TAKE_BACK] = "We cannot subscribe you again from here. If you want e-mail from this list, please write to its sender.",
		[READER_NO_LINK] = "This link is not valid",
		[READER_NO_LINK_MORE] = "Perhaps a part of it is missing. Please open it from the mail again.",
		[READER_BUSY] = "Please try again",
		[READER_BUSY_MORE] = "The server is busy. Please try again in a moment.",
		[READER_FAILED] = "Something went wrong",
		[READER_FAILED_MORE] = "Please try again later.",
	},
};
