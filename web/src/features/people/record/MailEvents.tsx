/** Each opening, click and bounce of a mail, the newest first. */
import { List, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import type { MailEvent } from './queries.ts';

export function MailEvents({ events }: { events: MailEvent[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <List size="xs" spacing={4} mt={4} listStyleType="none">
      {events.map((event, index) => (
        <List.Item key={index}>
          <Text span size="xs" fw={500}>
            {t(event.machine ? `person.eventMachine.${event.type}` : `person.event.${event.type}`)}
          </Text>{' '}
          <Text span size="xs" c="dimmed" title={format.time(event.at)}>{format.relative(event.at)}</Text>
          {(event.url ?? event.detail) && (
            <Text size="xs" c="dimmed" dir="auto" style={{ overflowWrap: 'anywhere' }}>{event.url ?? event.detail}</Text>
          )}
        </List.Item>
      ))}
    </List>
  );
}
