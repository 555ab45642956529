/*
 * GIF, frame by frame: colours stay as they are (numbers of a table), so that
 * an animation is what it was; what is no picture is left out. Frames are made
 * smaller by leaving out pixels. Called by image.c for one picture at a time;
 * any thread.
 */
#include "base/cleanup.h"
#include "base/err.h"
#include "image/codec.h"

#include <gif_lib.h>
#include <stdlib.h>
#include <string.h>

struct gif {
	struct str file;
	size_t at;
	GifFileType *in, *out;
	int width, height;         /* of the whole, as it came */
	int new_width, new_height; /* and as it goes */
	int frames;
	int64_t pixels;
	bool has_begun; /* the head was written */
	bool is_seen;   /* at least one frame was written */
	int loops;      /* -1: it does not say */
	GifByteType control[4];
	bool has_control;
};

static void gif_release(struct gif *g)
{
	if (g->in)
		(void)DGifCloseFile(g->in, NULL);
	if (g->out)
		(void)EGifCloseFile(g->out, NULL);
	g->in = g->out = NULL;
}

static int read_some(GifFileType *file, GifByteType *out, int n)
{
	struct gif *g = file->UserData;
	size_t left = g->file.len - g->at;
	size_t some = (size_t)n < left ? (size_t)n : left;

	memcpy(out, g->file.s + g->at, some);
	g->at += some;
	return (int)some;
}

static int write_some(GifFileType *file, const GifByteType *data, int n)
{
	strbuf_add(file->UserData, data, (size_t)n);
	return n;
}

static int is_broken(struct err *err)
{
	return err_set(err, ERR_INVALID, "this GIF picture is broken");
}

/* --- sizes --- */

/* The first new pixel that shows the old one, or one behind it. */
static int scaled(int at, int old, int new)
{
	return (int)(((int64_t)at * new + old - 1) / old);
}

static int old_of(int at, int old, int new)
{
	return (int)((int64_t)at * old / new);
}

static int settle_size(struct gif *g, struct err *err)
{
	const GifImageDesc *first = &g->in->Image;

	g->width =
		g->in->SWidth > 0 ? g->in->SWidth : first->Left + first->Width;
	g->height = g->in->SHeight > 0 ? g->in->SHeight
				       : first->Top + first->Height;
	if (image_check_size(g->width, g->height, err) < 0)
		return -1;
	g->new_width = g->width > IMAGE_WIDTH_MAX ? IMAGE_WIDTH_MAX : g->width;
	g->new_height = scaled(g->height, g->width, g->new_width);
	return 0;
}

/* --- writing --- */

static int put_loops(struct gif *g)
{
	GifByteType times[3] = { 1, (GifByteType)(g->loops & 255),
				 (GifByteType)(g->loops >> 8) };

	if (g->loops < 0)
		return GIF_OK;
	if (EGifPutExtensionLeader(g->out, APPLICATION_EXT_FUNC_CODE) ==
		    GIF_ERROR ||
	    EGifPutExtensionBlock(g->out, 11, "NETSCAPE2.0") == GIF_ERROR ||
	    EGifPutExtensionBlock(g->out, sizeof(times), times) == GIF_ERROR)
		return GIF_ERROR;
	return EGifPutExtensionTrailer(g->out);
}

static int put_head(struct gif *g, struct err *err)
{
	if (g->has_begun)
		return 0;
	g->has_begun = true;
	if (settle_size(g, err) < 0)
		return -1;
	EGifSetGifVersion(g->out, true);
	if (EGifPutScreenDesc(g->out, g->new_width, g->new_height,
			      g->in->SColorResolution, g->in->SBackGroundColor,
			      g->in->SColorMap) == GIF_ERROR ||
	    put_loops(g) == GIF_ERROR)
		return is_broken(err);
	return 0;
}

/* --- a frame --- */

static int check_frame(struct gif *g, struct err *err)
{
	const GifImageDesc *d = &g->in->Image;

	if (++g->frames > IMAGE_FRAMES_MAX)
		return err_set(err, ERR_INVALID,
			       "the animation is too long: at most %d pictures "
			       "are taken",
			       IMAGE_FRAMES_MAX);
	if (image_check_size(d->Width, d->Height, err) < 0)
		return -1;
	g->pixels += (int64_t)d->Width * d->Height;
	if (g->pixels > IMAGE_FRAME_PIXELS_MAX)
		return err_set(err, ERR_INVALID,
			       "the animation is too large: make it smaller or "
			       "shorter");
	return d->ColorMap || g->in->SColorMap ? 0 : is_broken(err);
}

static int read_lines(struct gif *g, GifByteType *pixels)
{
	static const int starts[] = { 0, 4, 2, 1 }, steps[] = { 8, 8, 4, 2 };
	const GifImageDesc *d = &g->in->Image;
	bool apart = d->Interlace;

	for (int pass = 0; pass < (apart ? 4 : 1); pass++)
		for (int y = apart ? starts[pass] : 0; y < d->Height;
		     y += apart ? steps[pass] : 1)
			if (DGifGetLine(g->in,
					pixels + (size_t)y * (size_t)d->Width,
					d->Width) == GIF_ERROR)
				return -1;
	return 0;
}

/* What of the frame is seen, in the new size. */
struct area {
	int left, top, right, bottom;
};

static struct area area_of(const struct gif *g)
{
	const GifImageDesc *d = &g->in->Image;
	int right = d->Left + d->Width, bottom = d->Top + d->Height;

	if (right > g->width)
		right = g->width;
	if (bottom > g->height)
		bottom = g->height;
	return (struct area){
		.left = scaled(d->Left, g->width, g->new_width),
		.top = scaled(d->Top, g->height, g->new_height),
		.right = scaled(right, g->width, g->new_width),
		.bottom = scaled(bottom, g->height, g->new_height),
	};
}

static int put_control(struct gif *g)
{
	if (!g->has_control)
		return GIF_OK;
	g->has_control = false;
	return EGifPutExtension(g->out, GRAPHICS_EXT_FUNC_CODE,
				sizeof(g->control), g->control);
}

static int put_lines(struct gif *g, const struct area *a,
		     const GifByteType *pixels, GifByteType *line)
{
	const GifImageDesc *d = &g->in->Image;

	for (int y = a->top; y < a->bottom; y++) {
		int old_y = old_of(y, g->height, g->new_height) - d->Top;

		for (int x = a->left; x < a->right; x++)
			line[x - a->left] =
				pixels[(size_t)old_y * (size_t)d->Width +
				       (size_t)(old_of(x, g->width,
						       g->new_width) -
						d->Left)];
		if (EGifPutLine(g->out, line, a->right - a->left) == GIF_ERROR)
			return GIF_ERROR;
	}
	return GIF_OK;
}

/* One that nobody would see is left out. */
static int put_frame(struct gif *g, const GifByteType *pixels,
		     GifByteType *line)
{
	struct area a = area_of(g);

	if (a.left >= a.right || a.top >= a.bottom) {
		g->has_control = false;
		return GIF_OK;
	}
	g->is_seen = true;
	if (put_control(g) == GIF_ERROR ||
	    EGifPutImageDesc(g->out, a.left, a.top, a.right - a.left,
			     a.bottom - a.top, false,
			     g->in->Image.ColorMap) == GIF_ERROR)
		return GIF_ERROR;
	return put_lines(g, &a, pixels, line);
}

static int copy_frame(struct gif *g, struct err *err)
{
	const GifImageDesc *d = &g->in->Image;
	GifByteType *pixels, *line;
	int result;

	if (DGifGetImageDesc(g->in) == GIF_ERROR)
		return is_broken(err);
	if (check_frame(g, err) < 0 || put_head(g, err) < 0)
		return -1;
	pixels = malloc((size_t)d->Width * (size_t)d->Height);
	line = malloc((size_t)g->new_width);
	BUG_ON(!pixels || !line);
	result = read_lines(g, pixels) < 0 ||
		 put_frame(g, pixels, line) == GIF_ERROR;
	free(pixels);
	free(line);
	return result ? is_broken(err) : 0;
}

/* --- what stands between the frames --- */

static void note_extension(struct gif *g, int code, const GifByteType *block,
			   bool *is_loop)
{
	if (code == GRAPHICS_EXT_FUNC_CODE && block[0] == 4) {
		memcpy(g->control, block + 1, 4);
		g->has_control = true;
	}
	if (*is_loop && block[0] == 3 && block[1] == 1)
		g->loops = block[2] | block[3] << 8;
	*is_loop = code == APPLICATION_EXT_FUNC_CODE && block[0] == 11 &&
		   memcmp(block + 1, "NETSCAPE2.0", 11) == 0;
}

static int read_extension(struct gif *g, struct err *err)
{
	GifByteType *block;
	bool is_loop = false;
	int code;

	if (DGifGetExtension(g->in, &code, &block) == GIF_ERROR)
		return is_broken(err);
	while (block) {
		note_extension(g, code, block, &is_loop);
		if (DGifGetExtensionNext(g->in, &block) == GIF_ERROR)
			return is_broken(err);
	}
	return 0;
}

static int copy_all(struct gif *g, struct err *err)
{
	GifRecordType type;

	for (;;) {
		if (DGifGetRecordType(g->in, &type) == GIF_ERROR)
			return is_broken(err);
		if (type == TERMINATE_RECORD_TYPE)
			return g->is_seen ? 0 : is_broken(err);
		if (type == EXTENSION_RECORD_TYPE && read_extension(g, err) < 0)
			return -1;
		if (type == IMAGE_DESC_RECORD_TYPE && copy_frame(g, err) < 0)
			return -1;
	}
}

int gif_redraw(struct str file, struct image *out, struct err *err)
{
	CLEANUP(gif_release) struct gif g = { .file = file, .loops = -1 };
	int closed;

	g.in = DGifOpen(&g, read_some, NULL);
	if (!g.in)
		return is_broken(err);
	g.out = EGifOpen(&out->bytes, write_some, NULL);
	BUG_ON(!g.out);
	if (copy_all(&g, err) < 0)
		return -1;
	closed = EGifCloseFile(g.out, NULL);
	g.out = NULL;
	if (closed == GIF_ERROR)
		return is_broken(err);
	out->width = g.new_width;
	out->height = g.new_height;
	out->work = g.pixels;
	return 0;
}
