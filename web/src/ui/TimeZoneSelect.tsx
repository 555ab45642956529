/** By whose clocks: a zone of the IANA data base, with what they show now; found by its country and big cities, too. */
import { Select, Text, type ComboboxItem, type SelectProps } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

const MOST = 200;

interface Props extends Omit<SelectProps, 'data' | 'value' | 'onChange'> {
  /** '': UTC. */
  value: string;
  onChange: (zone: string) => void;
}

/** Where this browser is; the server may know fewer names, and says so. */
export function zoneHere(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone ?? '';
}

/** "Europe/Berlin (GMT+2)" */
function nameOf(zone: string, language: string): string {
  const parts = new Intl.DateTimeFormat(language, { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(new Date());
  const offset = parts.find((part) => part.type === 'timeZoneName')?.value;
  return `${zone.replaceAll('_', ' ')}${offset ? ` (${offset})` : ''}`;
}

export function TimeZoneSelect({ value, onChange, ...others }: Props) {
  const { t, i18n } = useTranslation();
  const [isLooking, setLooking] = useState(false);
  const [words, setWords] = useState('');
  const places = useQuery({ queryKey: ['zonePlaces'], enabled: isLooking, staleTime: Infinity, queryFn: () => import('./zonePlaces.ts') }).data;
  const zones = useMemo(
    () => [...new Set(['UTC', zoneHere(), value, ...Intl.supportedValuesOf('timeZone')])].filter(Boolean).map((zone) => ({ zone, label: nameOf(zone, i18n.language) })),
    [value, i18n.language],
  );
  const found = useMemo(
    () => (places && words && !zones.some(({ label }) => label === words) ? places.findZones(zones, words, i18n.language) : null),
    [places, words, zones, i18n.language],
  );
  const by = new Map(found?.map((one) => [one.zone, one.by]));
  return (
    <Select
      searchable allowDeselect={false} comboboxProps={{ withinPortal: false }} limit={MOST}
      nothingFoundMessage={t('members.nothingFound')}
      {...others}
      data={zones.map(({ zone, label }) => ({ value: zone, label }))}
      value={value || 'UTC'}
      onChange={(next) => onChange(next ?? '')}
      onDropdownOpen={() => setLooking(true)}
      onSearchChange={setWords}
      filter={found ? ({ options }) => found.slice(0, MOST).flatMap(({ zone }) => (options as ComboboxItem[]).filter((option) => option.value === zone)) : undefined}
      renderOption={({ option }) => (
        <span>
          {option.label}
          {by.get(option.value) && <Text span size="xs" c="dimmed" ms={8}>{by.get(option.value)}</Text>}
        </span>
      )}
    />
  );
}
