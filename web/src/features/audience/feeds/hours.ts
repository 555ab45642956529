/** "09:00": what an hour of UTC is here, on that day. */
export function localHour(hour: number, day: Date): string {
  const at = new Date(Date.UTC(day.getFullYear(), day.getMonth(), day.getDate(), hour));
  return [at.getHours(), at.getMinutes()].map((n) => String(n).padStart(2, '0')).join(':');
}
