/** Everything that happened with a person, the newest first, day by day; older entries on demand. */
import { Button, Chip, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import type { Person } from '../queries.ts';
import { MailDialog } from './MailDialog.tsx';
import { useTimeline, type EntryType } from './queries.ts';
import { byDay, keyOf } from './timeline.ts';
import { TimelineItem } from './TimelineItem.tsx';

const types: EntryType[] = ['communication', 'note', 'task', 'consent', 'import'];

export function Timeline({ person }: { person: Person }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [shown, setShown] = useState<EntryType[]>([]);
  const [mail, setMail] = useState<number | null>(null);
  const found = useTimeline(person.id, shown);
  const pages = found.data?.pages ?? [];
  const days = byDay(pages.flatMap((page) => page.items));
  return (
    <Paper component="section" aria-label={t('person.timeline')}>
      <Chip.Group multiple value={shown} onChange={(next) => setShown(next as EntryType[])}>
        <Group gap={6} mb="sm" role="group" aria-label={t('person.showOnly')}>
          {types.map((type) => (
            <Chip key={type} size="xs" value={type}>{t(`person.type.${type}`)}</Chip>
          ))}
        </Group>
      </Chip.Group>
      {found.error && (
        <Stack gap="xs" mb="sm">
          <ProblemAlert error={found.error} title={t('person.noTimeline')} />
          <Button w="fit-content" size="xs" variant="default" onClick={() => void (found.isFetchNextPageError ? found.fetchNextPage() : found.refetch())}>
            {t('errors.again')}
          </Button>
        </Stack>
      )}
      {found.isPending && <Stack>{[1, 2, 3].map((n) => <Skeleton key={n} h={56} />)}</Stack>}
      {found.data && days.length === 0 && (
        <Text size="sm" c="dimmed">{shown.length > 0 ? t('person.nothingOfThese') : t('person.nothingHappened')}</Text>
      )}
      {days.map((day) => (
        <section key={day.day} aria-labelledby={`day-${day.day}`}>
          <Title order={3} id={`day-${day.day}`} fz="xs" c="dimmed" fw={600} mt="sm" mb={6}>{format.date(day.day)}</Title>
          <Stack gap="sm">
            {day.entries.map((entry) => (
              <TimelineItem key={keyOf(entry)} entry={entry} personId={person.id} onShowMail={setMail} />
            ))}
          </Stack>
        </section>
      ))}
      {found.hasNextPage && (
        <Button mt="md" variant="default" fullWidth loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {t('person.older')}
        </Button>
      )}
      {mail !== null && <MailDialog personId={person.id} campaignId={mail} onClose={() => setMail(null)} />}
    </Paper>
  );
}
