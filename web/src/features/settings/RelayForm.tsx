/** Through which relay mails go, or whether they stay here. */
import { Alert, Badge, Checkbox, Group, Radio, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { FormActions } from '../../ui/FormActions.tsx';
import { MeetingAlert, type MeetingRow } from '../../ui/MeetingAlert.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { placeProblem } from '../../ui/problems.ts';
import { useRecordForm, type Loaded, type Meeting } from '../../ui/useRecordForm.ts';
import { useUnsaved } from '../../ui/useUnsaved.tsx';
import { reloadSettings, saveSettings, type Settings, type Versioned } from './queries.ts';
import { relayInput, relayValues, type RelayValues } from './relay.ts';
import { RelayFields } from './RelayFields.tsx';
import { RelayTest } from './RelayTest.tsx';

const PREFIX = 'relay.';

const labels = {
  kind: 'settings.relay',
  host: 'settings.host',
  port: 'settings.port',
  security: 'settings.security',
  username: 'settings.username',
  password: 'settings.password',
} as const;

const loadedOf = ({ data, etag }: Versioned<Settings>): Loaded<RelayValues> => ({ values: relayValues(data.relay), etag });

function Kind({ value, title, about, badge }: { value: string; title: string; about: string; badge?: string }) {
  return (
    <Radio.Card value={value} p="md" h="100%" display="flex" style={{ alignItems: 'flex-start' }}>
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <Radio.Indicator />
        <div>
          <Group gap="xs">
            <Text fw={600} size="sm">{title}</Text>
            {badge && <Badge size="sm" variant="light" tt="none">{badge}</Badge>}
          </Group>
          <Text size="xs" c="dimmed" mt={4}>{about}</Text>
        </div>
      </Group>
    </Radio.Card>
  );
}

function useMeetingRows(meeting: Meeting<RelayValues>, mine: RelayValues): MeetingRow[] {
  const { t } = useTranslation();
  const said = (name: keyof RelayValues, value: unknown) => {
    if (name === 'kind') return t(value === 'outbox' ? 'settings.outbox' : 'settings.smtp');
    if (name === 'password') return t('settings.passwordHidden');
    return String(value) || t('ui.nothing');
  };
  return meeting.fields.map((name) => ({
    label: t(labels[name as keyof typeof labels]),
    theirs: said(name, meeting.theirs[name]),
    mine: said(name, mine[name]),
  }));
}

function Met({ meeting, mine, onTakeTheirs }: { meeting: Meeting<RelayValues>; mine: RelayValues; onTakeTheirs: () => void }) {
  return <MeetingAlert rows={useMeetingRows(meeting, mine)} onTakeTheirs={onTakeTheirs} />;
}

/** Fixed by the server's configuration: to be tried, not to be changed. */
function FixedRelay({ relay, children }: { relay: Settings['relay']; children?: ReactNode }) {
  const { t } = useTranslation();
  const where = relay.kind === 'outbox' ? t('settings.outbox') : `${relay.host ?? ''}:${relay.port ?? ''}`;
  return (
    <Stack maw={640}>
      <Alert color="gray" variant="light" icon={<IconLock size={18} />} title={where}>
        {t('settings.fixed', { option: 'MUSTER_RELAY' })}
      </Alert>
      <RelayTest isOutbox={relay.kind === 'outbox'} />
      {children && <Group>{children}</Group>}
    </Stack>
  );
}

interface Props {
  settings: Versioned<Settings>;
  save: string;
  isStep?: boolean;
  onSaved: () => void;
  children?: ReactNode;
}

function EditableRelay({ settings, save, isStep, onSaved, children }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  /** The values whose test mail the relay took. */
  const [passed, setPassed] = useState('');
  const [isUntested, setUntested] = useState(false);
  const record = useRecordForm<RelayValues>({
    loaded: loadedOf(settings),
    save: async (values, etag) => loadedOf(await saveSettings(queries, { relay: relayInput(values) }, etag)),
    reload: async () => loadedOf(await reloadSettings(queries)),
    prefix: PREFIX,
    onSaved,
  });
  const { form } = record;
  const unsaved = useUnsaved(record.isDirty && !record.isSaving);
  const isOutbox = form.values.kind === 'outbox';
  const relay = relayInput(form.values);
  const shape = JSON.stringify(relay);
  const isTried = isOutbox || isUntested || passed === shape;
  return (
    <form onSubmit={record.submit} noValidate>
      {unsaved}
      <Stack maw={640}>
        <Radio.Group label={t('settings.relayWhere')} {...form.getInputProps('kind')}>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" mt={6}>
            <Kind value="outbox" title={t('settings.outbox')} about={t('settings.outboxAbout')} badge={t('settings.recommended')} />
            <Kind value="smtp" title={t('settings.smtp')} about={t('settings.smtpAbout')} />
          </SimpleGrid>
        </Radio.Group>
        {!isOutbox && <RelayFields form={form} hasPassword={settings.data.relay.has_password} />}
        <RelayTest
          key={form.values.kind}
          relay={relay}
          isOutbox={isOutbox}
          onAccepted={() => setPassed(shape)}
          onRefused={(error) => void placeProblem(form, error, PREFIX)}
        />
        {!isOutbox && passed !== shape && (
          <Checkbox
            label={t('settings.untested')}
            description={t('settings.untestedAbout')}
            checked={isUntested}
            onChange={(event) => setUntested(event.currentTarget.checked)}
          />
        )}
        {record.meeting && <Met meeting={record.meeting} mine={form.values} onTakeTheirs={record.takeTheirs} />}
        <ProblemAlert error={record.problem} title={t('settings.notSaved')} />
        <FormActions
          save={save}
          isSaving={record.isSaving}
          isDirty={isStep ? record.isDirty || undefined : record.isDirty}
          isBlocked={!isTried}
          onDiscard={isStep ? undefined : record.discard}
        >
          {children}
        </FormActions>
      </Stack>
    </form>
  );
}

export function RelayForm(props: Props) {
  if (!props.settings.data.fixed.includes('relay')) return <EditableRelay {...props} />;
  return <FixedRelay relay={props.settings.data.relay}>{props.children}</FixedRelay>;
}
