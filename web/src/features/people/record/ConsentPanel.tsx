/** May this person be sent campaigns? The switch, always with a ground, and who turned it when. */
import { Alert, Button, Group, Skeleton, Stack, Switch, Text, Textarea, Timeline } from '@mantine/core';
import { IconBan, IconCheck } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../api/problem.ts';
import { useFormat } from '../../../app/format.ts';
import { en } from '../../../messages/en/index.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { SharersOut, SharersToo } from '../AddressHolders.tsx';
import { useObstacles, type Person } from '../queries.ts';
import { Agreed } from './Agreed.tsx';
import { AudienceLeft } from './AudienceLeft.tsx';
import { saysOf, type AudienceSays } from './audienceSays.ts';
import { Panel } from './Panel.tsx';
import { useConsent, useStep, type Consent } from './queries.ts';
import { isSourceOnly } from './timeline.ts';

type Source = keyof (typeof en)['person']['source'];
const SHOWN = 3;

export function ConsentPanel({ person }: { person: Person }) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  const says = saysOf([person.mail_status]);
  const isInVain = !person.opted_out && (says !== undefined || person.mail_status === 'shared_opt_out');
  return (
    <Panel title={t('person.consent')}>
      <Switch
        label={t(isInVain ? 'person.allowedInVain' : 'person.mayBeSent')}
        color={isInVain ? 'gray' : undefined}
        checked={!person.opted_out}
        onChange={() => setAsking(true)}
      />
      {person.mail_status === 'shared_opt_out' ? <SharersOut person={person} /> : <AudienceAlert says={says} />}
      <Told person={person} says={says} />
      <History personId={person.id} />
      {isAsking && <ConsentDialog person={person} onClose={() => setAsking(false)} />}
    </Panel>
  );
}

/** By whom and when, if the audience said it. */
function Told({ person, says }: { person: Person; says: AudienceSays | undefined }) {
  const last = useConsent(person.id).data?.[0];
  const isTheirs = person.opted_out && (last?.source === 'audience' || last?.source === 'complaint');
  const hasLeft = says === 'unsubscribed' || says === 'refused' || person.mail_status === 'held' || isTheirs;
  return hasLeft && person.email ? <AudienceLeft email={person.email} /> : null;
}

/** What is allowed here is one thing, what the audience has of the address another. */
function AudienceAlert({ says, title }: { says: AudienceSays | undefined; title?: string }) {
  const { t } = useTranslation();
  if (!says) return null;
  return (
    <Alert variant="light" color="yellow" p="xs" mt="xs" title={title ?? t(`person.audienceSays.${says}.title`)}>
      <Text size="sm">{t(`person.audienceSays.${says}.about`)}</Text>
    </Alert>
  );
}

function ConsentDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation();
  const step = useStep(person.id);
  const [reason, setReason] = useState('');
  const there = (useObstacles(person.email ?? '').data ?? []).filter(({ source }) => source === 'audience').map(({ kind }) => kind);
  const opts = person.opted_out ? 'in' : 'out';
  const problem = step.error ? problemOf(step.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    step.mutate(() => ({ opted_out: opts === 'out', reason: reason.trim() }), { onSuccess: onClose });
  };
  return (
    <Dialog onClose={onClose} title={t(`person.opt.${opts}.title`)}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Text size="sm">{t(`person.opt.${opts}.about`)}</Text>
          {opts === 'in' ? <SharersOut person={person} /> : <SharersToo person={person} />}
          {opts === 'in' && <AudienceAlert says={saysOf(there)} title={t('person.opt.in.stays')} />}
          <Textarea
            data-autofocus
            required
            autosize
            minRows={2}
            dir="auto"
            label={t('bulk.reason')}
            description={t(`person.opt.${opts}.example`)}
            value={reason}
            error={problem?.of('reason')}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {problem && !problem.of('reason') && <ProblemAlert error={problem} title={t('person.notSaved')} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" color={opts === 'out' ? 'red' : undefined} loading={step.isPending} disabled={!reason.trim()}>
              {t(`person.opt.${opts}.do`)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function History({ personId }: { personId: number }) {
  const { t } = useTranslation();
  const found = useConsent(personId);
  const [showsAll, setShowsAll] = useState(false);
  if (found.isPending) return <Skeleton h={60} mt="sm" />;
  const items = found.data ?? [];
  if (items.length === 0) return <Text size="xs" c="dimmed" mt="xs">{t('person.noConsent')}</Text>;
  return (
    <>
      <Timeline bulletSize={18} lineWidth={1} mt="md" aria-label={t('person.consentHistory')}>
        {(showsAll ? items : items.slice(0, SHOWN)).map((consent) => (
          <Timeline.Item
            key={consent.id}
            bullet={consent.state === 'opted_out' ? <IconBan size={12} aria-hidden /> : <IconCheck size={12} aria-hidden />}
            title={<Text size="sm" fw={500}>{t(`person.consentState.${consent.state}`)}</Text>}
          >
            <ConsentWords consent={consent} />
          </Timeline.Item>
        ))}
      </Timeline>
      {items.length > SHOWN && (
        <Button size="compact-sm" variant="subtle" mt="xs" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? t('person.less') : t('person.moreConsent', { count: items.length - SHOWN })}
        </Button>
      )}
    </>
  );
}

/** Who, when, where from, by which campaign. */
function ConsentWords({ consent }: { consent: Consent }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { source } = consent;
  const isImport = source === 'import';
  return (
    <Stack gap={0} fz="xs" c="dimmed">
      <span title={format.time(consent.at)}>{format.relative(consent.at)}</span>
      {consent.signup && <Agreed agreement={consent.signup} />}
      {isImport && <span dir="auto">{consent.import_name ? t('person.byImport', { name: consent.import_name }) : t('person.source.import')}</span>}
      {(consent.user_name || !isImport) && !consent.signup && (
        <span dir="auto">{consent.user_name ?? (source in en.person.source ? t(`person.source.${source as Source}`) : source)}</span>
      )}
      {consent.campaign_name && <span dir="auto">{t('person.byCampaign', { name: consent.campaign_name })}</span>}
      {consent.email && <span dir="auto">{consent.email}</span>}
      {consent.ip && !consent.signup && <span>{t('person.fromIp', { ip: consent.ip })}</span>}
      {consent.reason && !isSourceOnly(consent.source, consent.reason) && <Text size="xs" c="var(--mantine-color-text)" dir="auto">{consent.reason}</Text>}
    </Stack>
  );
}
