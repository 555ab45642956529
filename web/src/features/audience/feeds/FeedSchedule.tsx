/** On which days, and at which hour. */
import { Checkbox, Group, Select, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { localHour, zoneQuery } from './hours.ts';
import { frequencies, weekdays, type FeedValues, type Frequency, type Weekday } from './values.ts';

interface Props {
  values: FeedValues;
  errorOf: (field: string) => string | undefined;
  onChange: (change: Partial<FeedValues>) => void;
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const DAYS = [...Array.from({ length: 31 }, (_, day) => day + 1), 0];

export function FeedSchedule({ values, errorOf, onChange }: Props) {
  const { t } = useTranslation();
  const zone = useQuery(zoneQuery).data ?? 'UTC';
  const hourLabel = (hour: number) => {
    const there = `${String(hour).padStart(2, '0')}:00`;
    const local = localHour(hour, zone, new Date());
    return local === there ? there : t('audience.feedHourOf', { there, local });
  };
  return (
    <Stack gap="sm">
      <Group grow align="flex-start">
        <Select
          label={t('audience.feedFrequency')}
          allowDeselect={false}
          data={frequencies.map((one) => ({ value: one, label: t(`audience.feedEvery.${one}`) }))}
          value={values.frequency}
          error={errorOf('rss_opts.frequency')}
          onChange={(to) => to && onChange({ frequency: to as Frequency })}
        />
        <Select
          label={t('audience.feedHour', { zone })}
          allowDeselect={false}
          data={HOURS.map((hour) => ({ value: String(hour), label: hourLabel(hour) }))}
          value={String(values.hour)}
          error={errorOf('rss_opts.schedule.hour')}
          onChange={(to) => to && onChange({ hour: Number(to) })}
        />
      </Group>
      {values.frequency === 'daily' && (
        <Checkbox.Group label={t('audience.feedDays')} value={values.days} error={errorOf('rss_opts.schedule.daily_send')} onChange={(days) => onChange({ days: days as Weekday[] })}>
          <Group mt={4} gap="sm">
            {weekdays.map((day) => <Checkbox key={day} value={day} label={t(`audience.weekday.${day}`)} />)}
          </Group>
        </Checkbox.Group>
      )}
      {values.frequency === 'weekly' && (
        <Select
          label={t('audience.feedWeekday')}
          allowDeselect={false}
          data={weekdays.map((day) => ({ value: day, label: t(`audience.weekday.${day}`) }))}
          value={values.weekday}
          onChange={(to) => to && onChange({ weekday: to as Weekday })}
        />
      )}
      {values.frequency === 'monthly' && (
        <Select
          label={t('audience.feedMonthDay')}
          description={values.monthDay > 28 ? t('audience.feedShortMonths') : undefined}
          allowDeselect={false}
          data={DAYS.map((day) => ({ value: String(day), label: day === 0 ? t('audience.feedLastDay') : String(day) }))}
          value={String(values.monthDay)}
          onChange={(to) => to && onChange({ monthDay: Number(to) })}
        />
      )}
    </Stack>
  );
}
