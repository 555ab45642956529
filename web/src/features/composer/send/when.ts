/** When a draft is to go: kept with it, so that whoever opens it finds the same. Nothing goes by it until it is sent off. */
import { useState } from 'react';
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
}

/** Of this browser: "Europe/Vienna". */
export function zoneHere(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Without parts of a second, as the server writes it. */
export function instantOf(local: string): string | null {
  const time = new Date(local);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

/** "2026-12-01T09:00", as the clock on this wall shows it. */
export function localTime(iso: string): string {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** @param sendAt of the draft: ISO; '': now */
export function useWhen(sendAt: string, change: (change: { send_at: string }) => void): When {
  // a time to come is past some minutes later
  useMinute();
  // what is being chosen and is no time yet
  const [begun, begin] = useState(false);
  const isLater = sendAt !== '' || begun;
  return {
    isLater,
    local: sendAt ? localTime(sendAt) : '',
    at: sendAt || null,
    isRight: !isLater || (sendAt !== '' && Date.parse(sendAt) > Date.now()),
    zone: zoneHere(),
    setLater: (next) => {
      begin(next);
      if (!next) change({ send_at: '' });
    },
    setLocal: (next) => {
      begin(true);
      change({ send_at: instantOf(next) ?? '' });
    },
  };
}
