/** What only others can tell: whether links lead somewhere, and what the domain of the sender says of its mails. */
import { Button, List, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { useDeepCheck } from '../queries.ts';

const records = ['spf', 'dkim', 'dmarc'] as const;

export function DeepCheck({ id }: { id: number }) {
  const { t } = useTranslation();
  const { start, isRunning, error, found, failed } = useDeepCheck(id);
  const links = found?.links.filter(({ state }) => state !== 'good') ?? [];
  return (
    <Stack gap="xs" mt="sm">
      <Button variant="default" size="xs" w="fit-content" loading={isRunning} onClick={start}>{t('composer.deep.start')}</Button>
      <ProblemAlert error={error} title={t('composer.deep.failed')} />
      {failed && <Text size="sm" role="alert">{failed}</Text>}
      {found && (
        <Stack gap="xs" role="status">
          <Text size="sm">{links.length > 0 ? t('composer.deep.links', { count: links.length }) : t('composer.deep.linksGood', { count: found.links.length })}</Text>
          <List size="sm">
            {links.map(({ url, state, status, problem }) => (
              <List.Item key={url} style={{ overflowWrap: 'anywhere' }}>
                <bdi dir="ltr">{url}</bdi> – {t(`composer.deep.${state === 'broken' ? 'broken' : 'unknown'}`)} {problem ?? status}
              </List.Item>
            ))}
          </List>
          {found.domain && (
            <List size="sm">
              {records.map((name) => (
                <List.Item key={name}><b>{name.toUpperCase()}</b>: {t(`composer.deep.state.${found.domain![name].state}`)}. <bdi>{found.domain![name].about}</bdi></List.Item>
              ))}
            </List>
          )}
        </Stack>
      )}
    </Stack>
  );
}
