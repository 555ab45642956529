/** The people of a list become a group: exactly those who are in it now, or all who come to be. */
import { Button, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../api/problem.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import type { Campaign } from '../queries.ts';
import { useGroupOf, type Report } from './queries.ts';
import { everybody, isKeptUp, type LedgerFilter } from './search.ts';
import { useFilterWords } from './words.ts';

const TAKEN = 409;
const NAME_MAX = 100;
const kinds = ['static', 'dynamic'] as const;
type Kind = (typeof kinds)[number];

interface Props {
  campaign: Campaign;
  report: Report;
  filter: LedgerFilter;
  onClose: () => void;
}

export function GroupOf({ campaign, report, filter, onClose }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const make = useGroupOf(campaign.id);
  const [name, setName] = useState(useProposal(campaign, report, filter));
  const [kind, setKind] = useState<Kind>('static');
  const problem = make.error && problemOf(make.error);
  const ofName = problem?.status === TAKEN ? t('groups.taken') : problem?.of('name');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate({ name: name.trim(), kind, ...filter }, {
      onSuccess: ({ id }) => void navigate({ to: '/groups/$groupId', params: { groupId: id } }),
    });
  };
  return (
    <Dialog onClose={onClose} title={t('campaigns.createGroup')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Text size="sm">{t('campaigns.groupAbout')}</Text>
          <TextInput
            data-autofocus
            required
            dir="auto"
            label={t('campaigns.groupName')}
            value={name}
            error={ofName}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {isKeptUp(filter) && (
            <Radio.Group label={t('report.group.kind')} value={kind} onChange={(to) => setKind(to as Kind)}>
              <Stack gap={6} mt={6}>{kinds.map((one) => <Radio key={one} value={one} label={t(`report.group.${one}`)} />)}</Stack>
            </Radio.Group>
          )}
          {!ofName && <ProblemAlert error={make.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" disabled={!name.trim()} loading={make.isPending}>{t('campaigns.createGroup')}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** Campaign and filter. */
function useProposal(campaign: Campaign, report: Report, filter: LedgerFilter): string {
  const wordOf = useFilterWords(report);
  const words = (Object.keys(everybody) as (keyof LedgerFilter)[]).map((part) => wordOf(filter, part)).filter(Boolean);
  return [campaign.name, words.join(', ')].filter(Boolean).join(': ').slice(0, NAME_MAX);
}
