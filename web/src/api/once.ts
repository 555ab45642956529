/**
 * A double click is one act: whoever writes the same again while it is on its way, or right after it was done, gets
 * the answer of the first. What failed, or was followed by another write, is asked anew.
 *
 * By the clock, not by a timer: a page that was busy meanwhile runs what was clicked before its timers.
 */
const AFTER_MS = 700; // slower than any double click

let last: { key: string; signal: AbortSignal; answer: Promise<Response>; until: number } | null = null;

function remember(key: string, signal: AbortSignal, answer: Promise<Response>): Promise<Response> {
  const mine = { key, signal, answer, until: Infinity };
  last = mine;
  answer.then(
    (response) => (mine.until = response.ok ? performance.now() + AFTER_MS : 0),
    () => (mine.until = 0),
  );
  return answer;
}

export async function once(request: Request, ask: (request: Request) => Promise<Response>): Promise<Response> {
  if (request.method === 'GET') return ask(request);
  const key = `${request.method} ${request.url}\n${await request.clone().text()}`;
  const isSame = last?.key === key && !last.signal.aborted && performance.now() < last.until;
  const answer = isSame ? last!.answer : remember(key, request.signal, ask(request));
  return (await answer).clone();
}
