/*
 * Proof of work of the hosted sign-up form: a browser looks for a number that,
 * behind the form's time stamp, has a SHA-256 with so many zero bits at its
 * beginning. That costs a reader half a second, and who signs up thousands a
 * lot. Whoever has no script, or gives no number, confirms by a mail, as who
 * comes from a form elsewhere does. docs/decisions/0054. Any worker.
 */
#include "api/handlers.h"
#include "api/page/signup_page.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"

#include <string.h>

#define PROOF_MAX 20 /* digits */

/* No library, and no crypto.subtle, which pages without TLS have not. In steps,
 * so that the form can be filled in meanwhile. */
static const char script[] =
	"(function(){'use strict';\n"
	"var e=document.querySelector('input[name=proof]'),"
	"s=document.querySelector('input[name=shown]');\n"
	"if(!e||!s)return;\n"
	"var bits=+e.getAttribute('data-bits'),text=s.value+':',k=[],h0=[],"
	"c=0,n=2,i,w=new Int32Array(64);\n"
	"function frac(x){return (x-Math.floor(x))*4294967296|0;}\n"
	"for(;c<64;n++){for(i=2;i*i<=n&&n%i;i++);if(i*i>n){"
	"if(c<8)h0[c]=frac(Math.pow(n,1/2));k[c++]=frac(Math.pow(n,1/3));}}\n"
	"function r(x,b){return x>>>b|x<<32-b;}\n"
	"function zeros(m){var l=m.length,t=(l+8>>6)+1<<4,d=new Int32Array(t),"
	"h=h0.slice(),i,j,v,a,b;\n"
	"for(i=0;i<l;i++)d[i>>2]|=m.charCodeAt(i)<<24-i%4*8;\n"
	"d[l>>2]|=128<<24-l%4*8;d[t-1]=l*8;\n"
	"for(j=0;j<t;j+=16){v=h.slice();for(i=0;i<64;i++){"
	"if(i<16)w[i]=d[j+i];else{a=w[i-15];b=w[i-2];"
	"w[i]=(r(b,17)^r(b,19)^b>>>10)+w[i-7]+(r(a,7)^r(a,18)^a>>>3)+w[i-16]|0;"
	"}\n"
	"a=v[7]+(r(v[4],6)^r(v[4],11)^r(v[4],25))+(v[4]&v[5]^~v[4]&v[6])+k[i]+"
	"w[i]|0;\n"
	"b=(r(v[0],2)^r(v[0],13)^r(v[0],22))+(v[0]&v[1]^v[0]&v[2]^v[1]&v[2])|0;"
	"\n"
	"v=[a+b|0,v[0],v[1],v[2],v[3]+a|0,v[4],v[5],v[6]];}\n"
	"for(i=0;i<8;i++)h[i]=h[i]+v[i]|0;}\n"
	"return Math.clz32(h[0]);}\n"
	"var at=0;(function step(){var end=Date.now()+30;\n"
	"do{if(zeros(text+at)>=bits){e.value=String(at);return;}at++;}"
	"while(at%64||Date.now()<end);\n"
	"setTimeout(step,0);})();\n"
	"})();\n";

int page_signup_proof(struct request *rq, struct response *rs, struct err *err)
{
	(void)rq;
	(void)err;
	rs->content_type = "text/javascript; charset=utf-8";
	response_header(rs, "Cache-Control", "public, max-age=3600");
	strbuf_addstr(&rs->body, script);
	return 0;
}

static int64_t bits_of(const struct signup_page *page)
{
	return api_of(page->rq)->signup_proof_bits;
}

bool signup_asks_proof(const struct signup_page *page)
{
	return page->stamp && bits_of(page) > 0;
}

void signup_write_proof(const struct signup_page *page, const char *beside,
			struct strbuf *out)
{
	if (!signup_asks_proof(page))
		return;
	strbuf_addf(out,
		    "<input type=\"hidden\" name=\"proof\" value=\"\" "
		    "data-bits=\"%lld\">\n"
		    "<script src=\"%sproof.js\" defer></script>\n",
		    (long long)bits_of(page), beside);
}

static int64_t zero_bits(const unsigned char *hash)
{
	int64_t n = 0;

	for (size_t i = 0; i < SHA256_BYTES; i++)
		for (int bit = 7; bit >= 0; bit--, n++)
			if (hash[i] >> bit & 1)
				return n;
	return n;
}

bool signup_is_proved(const struct signup_page *page)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	unsigned char hash[SHA256_BYTES];
	const char *proof = signup_typed(page, "proof");

	if (bits_of(page) == 0)
		return true;
	if (!*proof || strlen(proof) > PROOF_MAX)
		return false;
	strbuf_addstr(&text, signup_typed(page, "shown"));
	strbuf_addch(&text, ':');
	strbuf_addstr(&text, proof);
	sha256(strbuf_str(&text), hash);
	return zero_bits(hash) >= bits_of(page);
}
