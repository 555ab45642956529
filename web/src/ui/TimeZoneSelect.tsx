/** By whose clocks: a zone of the IANA data base, with what they show now. */
import { Select, type SelectProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';

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
  const { i18n } = useTranslation();
  const zones = [...new Set(['UTC', zoneHere(), value, ...Intl.supportedValuesOf('timeZone')])].filter(Boolean);
  return (
    <Select
      searchable allowDeselect={false} comboboxProps={{ withinPortal: false }} limit={200}
      {...others}
      data={zones.map((zone) => ({ value: zone, label: nameOf(zone, i18n.language) }))}
      value={value || 'UTC'}
      onChange={(next) => onChange(next ?? '')}
    />
  );
}
