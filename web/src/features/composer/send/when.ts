/** When a draft is to go. The server hears of it when it is sent off; until then this browser remembers. */
import { useLocalStorage } from '@mantine/hooks';
import { useMinute } from '../../../app/clock.ts';

export interface When {
  isLater: boolean;
  /** As a field of a form has it: "2026-12-01T09:00". */
  local: string;
  /** ISO; null: now, or not said yet. */
  at: string | null;
  isRight: boolean;
  /** "Europe/Vienna". */
  zone: string;
  setLater: (isLater: boolean) => void;
  setLocal: (local: string) => void;
  /** It is sent off: nothing is kept here. */
  forget: () => void;
}

export function instantOf(local: string): string | null {
  const time = new Date(local);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

/** "2026-12-01T09:00", as the clock on this wall shows it. */
export function localTime(iso: string): string {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

const keyOf = (id: number) => `muster-when-${id}`;

/** Its schedule was taken back: the draft begins with that time. */
export function keepTime(id: number, iso: string): void {
  try {
    localStorage.setItem(keyOf(id), JSON.stringify({ isLater: true, local: localTime(iso) }));
  } catch {
    // no room: somebody says it again
  }
}

export function useWhen(id: number): When {
  // a time to come is past some minutes later
  useMinute();
  const [{ isLater, local }, keep, forget] = useLocalStorage({ key: keyOf(id), defaultValue: { isLater: false, local: '' }, getInitialValueInEffect: false });
  const at = isLater ? instantOf(local) : null;
  return {
    isLater,
    local,
    at,
    isRight: !isLater || (at !== null && Date.parse(at) > Date.now()),
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    setLater: (next) => keep({ isLater: next, local }),
    setLocal: (next) => keep({ isLater, local: next }),
    forget,
  };
}
