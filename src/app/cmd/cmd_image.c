/*
 * muster image ...: pictures for campaigns
 */
#include "app/client.h"
#include "app/command.h"
#include "app/print.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <string.h>

int cmd_image_add(const struct invocation *in, struct err *err)
{
	const char *file = in->operands[0], *slash = strrchr(file, '/');
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *image = NULL;

	strbuf_addstr(&path, "/api/v1/images");
	client_add_query(&path, "name",
			 flag_is_set(in, "name") ? flag_value(in, "name")
			 : slash                 ? slash + 1
						 : file);
	if (client_open(&c, err) < 0 ||
	    client_upload(c, path.buf, file, "application/octet-stream", &image,
			  err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(image);
	else
		printf("image %lld, %lld x %lld: %s\n",
		       (long long)print_int(image, "id"),
		       (long long)print_int(image, "width"),
		       (long long)print_int(image, "height"),
		       print_text(image, "url"));
	return 0;
}

int cmd_image_list(const struct invocation *in, struct err *err)
{
	static const struct column columns[] = {
		{ "id", "ID", 6 },         { "width", "WIDTH", 6 },
		{ "height", "HEIGHT", 6 }, { "size", "BYTES", 9 },
		{ "name", "NAME", 30 },    { "url", "ADDRESS", 0 },
		{ NULL, NULL, 0 },
	};
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	strbuf_addstr(&path, "/api/v1/images");
	client_add_query(&path, "q", flag_value(in, "q"));
	return print_list(in, path.buf, columns, err);
}

int cmd_image_delete(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	strbuf_addstr(&path, "/api/v1/images/");
	strbuf_add_url(&path, str_of(in->operands[0]));
	if (client_open(&c, err) < 0 ||
	    client_call(c, "DELETE", path.buf, NULL, NULL, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		puts("{}");
	else
		printf("image %s is removed\n", in->operands[0]);
	return 0;
}
