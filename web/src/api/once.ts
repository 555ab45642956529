/**
 * A double click is one act: whoever writes the same again while it is on its way, or right after it was done, gets
 * the answer of the first. What failed, or was followed by another write, is asked anew.
 */
const AFTER_MS = 700; // slower than any double click

let last: { key: string; signal: AbortSignal; answer: Promise<Response> } | null = null;

function forget(answer: Promise<Response>): void {
  if (last?.answer === answer) last = null;
}

export async function once(request: Request, ask: (request: Request) => Promise<Response>): Promise<Response> {
  if (request.method === 'GET') return ask(request);
  const key = `${request.method} ${request.url}\n${await request.clone().text()}`;
  if (!last || last.key !== key || last.signal.aborted) {
    const answer = ask(request);
    last = { key, signal: request.signal, answer };
    answer.then(
      (response) => setTimeout(() => forget(answer), response.ok ? AFTER_MS : 0),
      () => forget(answer),
    );
  }
  return (await last.answer).clone();
}
