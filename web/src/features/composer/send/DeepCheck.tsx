/** What only others can tell: whether links and pictures are there, and what the domain of the sender says of its mails. */
import { Button, List, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../../api/client.ts';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import type { Letter } from '../abtest/abTest.ts';
import { useDeepCheck } from '../queries.ts';
import { ShowBlock } from './ShowBlock.tsx';

const records = ['spf', 'dkim', 'dmarc'] as const;

export function DeepCheck({ id, variant }: { id: number; variant?: Letter }) {
  const { t } = useTranslation();
  const { start, isRunning, error, found, failed } = useDeepCheck(id, variant);
  return (
    <Stack gap="xs" mt="sm">
      <Button variant="default" size="xs" w="fit-content" loading={isRunning} onClick={start}>{t('composer.deep.start')}</Button>
      <ProblemAlert error={error} title={t('composer.deep.failed')} />
      {failed && <Text size="sm" role="alert">{failed}</Text>}
      {found && (
        <Stack gap="xs" role="status">
          {(['link', 'image'] as const).map((kind) => <Tried key={kind} id={id} variant={variant} kind={kind} all={found.links.filter((one) => one.kind === kind)} />)}
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

interface TriedProps {
  id: number;
  variant?: Letter;
  kind: 'link' | 'image';
  all: Schemas['CampaignCheck']['links'];
}

/** Those that are not there, and where each stands. */
function Tried({ id, variant, kind, all }: TriedProps) {
  const { t } = useTranslation();
  const wrong = all.filter(({ state }) => state !== 'good');
  if (all.length === 0) return kind === 'link' ? <Text size="sm">{t('composer.deep.link.none')}</Text> : null;
  if (wrong.length === 0) return <Text size="sm">{t(`composer.deep.${kind}.good`, { count: all.length })}</Text>;
  return (
    <>
      <Text size="sm">{t(`composer.deep.${kind}.wrong`, { count: wrong.length })}</Text>
      <List size="sm">
        {wrong.map(({ url, state, status, problem, blocks }) => (
          <List.Item key={url} style={{ overflowWrap: 'anywhere' }}>
            <bdi dir="ltr">{url}</bdi> – {state === 'broken' ? t(`composer.deep.${kind}.broken`) : t('composer.deep.unknown')} {problem ?? status}
            <ShowBlock id={id} variant={variant} blocks={blocks} />
          </List.Item>
        ))}
      </List>
    </>
  );
}
