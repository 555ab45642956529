/**
 * Whose session this tab works in. When it ends while somebody works, they
 * sign in again where they are, and what was asked is asked again: nothing that
 * was typed is lost.
 */
import { useSyncExternalStore } from 'react';

interface Session {
  user_id: number | null;
  csrf_token: string | null;
}

let session: Session | null = null;
let isDeclined = false;
let ended: { promise: Promise<boolean>; resolve: (isAgain: boolean) => void } | null = null;
const watchers = new Set<() => void>();

function end(next: typeof ended): void {
  ended = next;
  watchers.forEach((watch) => watch());
}

/** null: nobody is signed in. */
export function setSession(next: Session | null): void {
  session = next;
  isDeclined = false;
  ended?.resolve(next !== null);
  end(null);
}

/** What every write carries. */
export function csrfHeaders(): Record<string, string> {
  return session?.csrf_token ? { 'X-CSRF-Token': session.csrf_token } : {};
}

/** It has ended, and the dialog asks to sign in again. */
export function useHasEnded(): boolean {
  return useSyncExternalStore(
    (watch) => {
      watchers.add(watch);
      return () => watchers.delete(watch);
    },
    () => ended !== null,
  );
}

export function isInSession(): boolean {
  return session !== null;
}

/** They do not want to: what was asked fails, and only a change asks again. */
export function giveUp(): void {
  isDeclined = true;
  ended?.resolve(false);
  end(null);
}

function signInAgain(): Promise<boolean> {
  if (!ended) {
    let resolve: (isAgain: boolean) => void = () => undefined;
    const promise = new Promise<boolean>((settle) => (resolve = settle));
    end({ promise, resolve });
  }
  return ended!.promise;
}

/** In another tab: the same user has another token by now. */
async function hasOtherToken(used: string): Promise<boolean> {
  if (session?.csrf_token !== used) return true;
  const reply = await fetch('/api/v1/me');
  if (!reply.ok) return false;
  const me = (await reply.json()) as Session;
  if (me.user_id !== session.user_id || me.csrf_token === used) return false;
  setSession(me);
  return true;
}

/** After an answer with this status to a request with that token (null: it
 * only read): whether it is worth asking again. */
export async function isSignedInAgain(status: number, token: string | null): Promise<boolean> {
  if (session === null) return false;
  if (status === 401) return isDeclined && token === null ? false : signInAgain();
  return status === 403 && token !== null && hasOtherToken(token);
}
