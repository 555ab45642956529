// Packs what Vite built for src/web/files.c: a table in C, and one file of all
// bodies, plain, gzip and brotli, that the assembler takes in (it runs in the
// build folder, where meson puts the pack into src/web).
//
//     node web/tools/pack.ts DIST OUT.c OUT.pack
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** Not worth it below a tenth. */
function smaller(packed: Buffer, plain: Buffer): Buffer {
  return packed.length < plain.length * 0.9 ? packed : Buffer.alloc(0);
}

function brotli(plain: Buffer): Buffer {
  return brotliCompressSync(plain, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
  });
}

/** Of the 300 KB that a browser may load before it shows anything: what index.html names, in brotli. A language takes the rest. */
const FIRST_LOAD_MAX = 275_000;

function firstLoad(dist: string): number {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const names = [...html.matchAll(/(?:src|href)="\/app\/([^"]+)"/g)].map((match) => match[1]);
  return names.reduce((sum, name) => sum + brotli(readFileSync(join(dist, name))).length, 0);
}

/** Vite's names end in a hash of eight characters. */
function isImmutable(name: string): boolean {
  return /-[\w-]{8}\.\w+$/.test(name);
}

const [dist, outC, outPack] = process.argv.slice(2);
const names = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();
const bodies: Buffer[] = [];
let end = 0;
const lines = names.map((path) => {
  const plain = readFileSync(path);
  const type = types[extname(path)];
  if (!type) throw new Error(`${path}: no Content-Type is known for it`);
  const forms = [plain, smaller(gzipSync(plain, { level: 9 }), plain), smaller(brotli(plain), plain)];
  const places = forms.map((body) => {
    bodies.push(body);
    end += body.length;
    return `{ ${end - body.length}, ${body.length} }`;
  });
  const etag = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
  return `\t{ "${basename(path)}", "${type}", "\\"${etag}\\"", ${isImmutable(path)},\n\t  { ${places.join(', ')} } },\n`;
});

const first = firstLoad(dist);
if (first > FIRST_LOAD_MAX)
  throw new Error(`${dist}: the first load is ${first} bytes, ${FIRST_LOAD_MAX} are the limit: import lazily what the shell needs not`);
writeFileSync(outPack, Buffer.concat(bodies));
writeFileSync(outC, `/* Made by web/tools/pack.ts. */
#include "web/web_files.h"

__asm__(".section .rodata\\n.global web_pack\\n.balign 16\\nweb_pack:\\n"
\t".incbin \\"src/web/web.pack\\"\\n.byte 0\\n.previous\\n");

const struct web_file web_files[] = {
${lines.join('')}};
const size_t web_files_n = sizeof(web_files) / sizeof(*web_files);
`);
