/** The people of a list become a group: exactly those who are in it now. */
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../api/problem.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { useGroupOf, type Campaign, type LedgerFilter } from './queries.ts';

const TAKEN = 409;

interface Props {
  campaign: Campaign;
  filter: LedgerFilter;
  onClose: () => void;
}

export function GroupOf({ campaign, filter, onClose }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const make = useGroupOf(campaign.id);
  const [name, setName] = useState([campaign.name, filter.response && t(`campaigns.response.${filter.response}`)].filter(Boolean).join(': '));
  const problem = make.error && problemOf(make.error);
  const ofName = problem?.status === TAKEN ? t('groups.taken') : problem?.of('name');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate({ name: name.trim(), ...filter }, {
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
