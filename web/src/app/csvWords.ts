/**
 * A CSV file of the server in the reader's words. The server names columns and
 * states as its API does; here its heads and cells get the words that stand on
 * the screen. It goes through piece by piece.
 */
import { Problem } from '../api/problem.ts';

export interface CsvWords {
  head: (column: string) => string;
  /** Never empty ones. */
  cell: (column: string, value: string) => string;
  /** Of a file whose delimiter its address does not tell, by its first piece. */
  delimiterOf?: (start: string) => string | undefined;
}

/** Takes the next piece, and returns what is whole of it by now. */
export function csvTranslator({ head, cell }: CsvWords, delimiter: string): (piece: string) => string {
  let columns: string[] | null = null;
  let row: string[] = [];
  let value = '';
  let isQuoted = false;
  let wasQuoted = false;
  const written = (text: string) =>
    text.includes(delimiter) || /["\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const endOfRow = () => {
    row.push(value);
    const names: string[] | null = columns;
    const cells = names ? row.map((text, at) => (text === '' ? '' : cell(names[at] ?? '', text))) : row.map(head);
    columns ??= row;
    row = [];
    value = '';
    return `${cells.map(written).join(delimiter)}\r\n`;
  };
  return (piece) => {
    let out = '';
    for (const c of piece) {
      if (isQuoted) {
        if (c === '"') isQuoted = false;
        else value += c;
        wasQuoted = c === '"';
      } else if (c === '"') {
        if (wasQuoted) value += c;
        isQuoted = true;
      } else {
        wasQuoted = false;
        if (c === delimiter) {
          row.push(value);
          value = '';
        } else if (c === '\n') out += endOfRow();
        else if (c !== '\r') value += c;
      }
    }
    return out;
  };
}

function save(file: Blob, name: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // the browser has begun to write it by then
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Fetches a file of the server, and hands it to the browser in other words. Throws a Problem. */
export async function downloadCsv(address: string, words: CsvWords): Promise<void> {
  const response = await fetch(address).catch((error: unknown) => {
    throw new Problem(0, String(error));
  });
  if (!response.ok || !response.body) throw Problem.of(response, await response.json().catch(() => null));
  const name = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? 'export.csv';
  const asked = new URL(address, location.href).searchParams.get('delimiter') === 'semicolon' ? ';' : ',';
  let turn: ReturnType<typeof csvTranslator> | undefined;
  const parts: BlobPart[] = ['\uFEFF'];
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    turn ??= csvTranslator(words, words.delimiterOf?.(value) ?? asked);
    parts.push(turn(value));
  }
  save(new Blob(parts, { type: 'text/csv' }), name);
}
