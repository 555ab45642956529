/** A mail to try the relay with; what the relay said, step by step. */
import { Alert, Button, Code, Group, List, Stack, Text, TextInput } from '@mantine/core';
import { IconCheck, IconSend, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/session.ts';
import { problemOf } from '../../api/problem.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { useRelayTest, type RelayInput, type RelayReport } from './queries.ts';

function Report({ report }: { report: RelayReport }) {
  const { t } = useTranslation();
  const icon = report.accepted ? <IconCheck size={18} /> : <IconX size={18} />;
  return (
    <Alert color={report.accepted ? 'green' : 'red'} variant="light" icon={icon} title={t(report.accepted ? 'settings.testAccepted' : 'settings.testRefused')}>
      <Stack gap="xs">
        <Text size="sm">
          {report.code !== null && <Code mr={6}>{report.code}</Code>}
          {report.text}
        </Text>
        {report.steps.length > 0 && (
          <>
            <Text size="xs" fw={600}>{t('settings.testSteps')}</Text>
            <List type="ordered" size="xs" ff="monospace" spacing={2}>
              {report.steps.map((step, i) => (
                <List.Item key={i} style={{ overflowWrap: 'anywhere' }}>{step}</List.Item>
              ))}
            </List>
          </>
        )}
      </Stack>
    </Alert>
  );
}

interface Props {
  /** Left out: the relay in force. */
  relay?: RelayInput;
  isOutbox: boolean;
  /** The relay took the mail. */
  onAccepted?: () => void;
  /** What is wrong with the relay itself belongs to its form. */
  onRefused?: (error: unknown) => void;
}

export function RelayTest({ relay, isOutbox, onAccepted, onRefused }: Props) {
  const { t } = useTranslation();
  const me = useMe();
  const [to, setTo] = useState(me.email ?? '');
  const test = useRelayTest();
  const problem = test.error ? problemOf(test.error) : null;
  const send = () =>
    test.mutate(relay ? { to: to.trim(), relay } : { to: to.trim() }, {
      onSuccess: (report) => report.accepted && onAccepted?.(),
      onError: (error) => onRefused?.(error),
    });
  return (
    <Stack gap="sm" component="section" aria-label={t('settings.test')}>
      <Group align="flex-end" gap="sm">
        <TextInput
          flex="1 1 220px"
          label={t('settings.testTo')}
          description={isOutbox ? t('settings.testOutbox') : t('settings.testAbout')}
          type="email"
          inputMode="email"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          error={problem?.of('to')}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            if (!test.isPending) send();
          }}
        />
        <Button variant="default" leftSection={<IconSend size={16} aria-hidden />} loading={test.isPending} onClick={send}>
          {t('settings.testSend')}
        </Button>
      </Group>
      <div aria-live="polite">
        {test.isPending && <Text size="sm" c="dimmed">{t('settings.testRuns')}</Text>}
        {!test.isPending && test.data && <Report report={test.data} />}
      </div>
      {!problem?.of('to') && <ProblemAlert error={test.error} title={t('settings.testNot')} />}
    </Stack>
  );
}
