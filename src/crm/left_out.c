#include "crm/left_out.h"

const char *left_out_name(enum left_out why)
{
#define NAME(name, text) [name] = text,
	static const char *const names[] = { LEFT_OUT_WORDS(NAME) };
#undef NAME

	return names[why];
}

bool left_out_by_audience(enum left_out why)
{
	return why == LEFT_OUT_UNSUBSCRIBED || why == LEFT_OUT_CLEANED ||
	       why == LEFT_OUT_SUPPRESSED || why == LEFT_OUT_FORGOTTEN;
}
