import { expect, test } from 'vitest';
import { findZones, placeOf } from './zonePlaces.ts';

const zones = Intl.supportedValuesOf('timeZone').map((zone) => ({ zone, label: zone.replaceAll('_', ' ') }));
const first = (words: string, reader = 'de') => findZones(zones, words, reader)[0];

test('a zone is found by a city, a country in either language, and its own name', () => {
  expect(first('Hamburg')).toEqual({ zone: 'Europe/Berlin', by: 'Hamburg' });
  expect(first('koln')).toEqual({ zone: 'Europe/Berlin', by: 'Köln' });
  expect(first('Deutschland')).toEqual({ zone: 'Europe/Berlin', by: 'Deutschland' });
  expect(first('Germany')).toEqual({ zone: 'Europe/Berlin', by: 'Germany' });
  expect(first('new york')).toEqual({ zone: 'America/New_York', by: undefined });
  expect(first('Schweiz')?.zone).toBe('Europe/Zurich');
  expect(findZones(zones, 'Australien', 'de').length).toBeGreaterThan(4);
  expect(findZones(zones, 'Nirgendwo', 'de')).toEqual([]);
});

test('every country of the European Union has a zone', () => {
  const names = zones.flatMap(({ zone }) => placeOf(zone, 'en')?.countries ?? []);
  const union = 'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE'.split(' ');
  const region = new Intl.DisplayNames('en', { type: 'region' });
  expect(union.filter((code) => !names.includes(region.of(code)!))).toEqual([]);
});
