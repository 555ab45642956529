#include "web/files.h"

#include "web/web_files.h"

#include <string.h>

const struct web_file *web_find(const char *name)
{
	for (size_t i = 0; i < web_files_n; i++)
		if (strcmp(web_files[i].name, name) == 0)
			return &web_files[i];
	return NULL;
}

struct str web_body(const struct web_file *file, unsigned takes,
		    enum web_encoding *encoding_out)
{
	enum web_encoding e = WEB_ENCODINGS - 1;

	while (e != WEB_PLAIN &&
	       (file->body[e].length == 0 || !(takes & 1U << e)))
		e--;
	*encoding_out = e;
	return (struct str){ (const char *)web_pack + file->body[e].offset,
			     file->body[e].length };
}
