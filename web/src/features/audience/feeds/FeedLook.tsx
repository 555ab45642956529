/** What a feed says now, and the mail that would be made of it. */
import { Box, List, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import type { Feed } from './queries.ts';

const ITEMS = 5;

export function FeedLook({ feed, hasMail }: { feed: Feed; hasMail: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const items = feed.items.slice(0, ITEMS);
  return (
    <Stack gap="xs" role="status">
      <Text size="sm" fw={600} dir="auto">{feed.title || t('audience.feedUntitled')}</Text>
      {items.length === 0 && <Text size="sm">{t('audience.feedEmpty')}</Text>}
      <List size="sm">
        {items.map(({ title, date, url }, i) => (
          <List.Item key={`${i} ${url}`}>
            <bdi>{title || url}</bdi>
            {date && <Text span size="xs" c="dimmed">{` · ${format.date(date)}`}</Text>}
          </List.Item>
        ))}
      </List>
      {items.length > 0 && !items.some(({ date }) => date) && <Text size="xs" c="dimmed">{t('audience.feedUndated')}</Text>}
      {hasMail && items.length > 0 && (
        <>
          <Text size="sm" dir="auto"><Text span fw={600}>{t('audience.feedSubject')}</Text>{`: ${feed.subject}`}</Text>
          <Box
            component="iframe"
            title={t('audience.feedMail')}
            srcDoc={feed.html}
            sandbox=""
            w="100%"
            h={320}
            bg="white"
            style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 'var(--mantine-radius-md)' }}
          />
        </>
      )}
    </Stack>
  );
}
