/** A campaign begins with its name; all else is written afterwards. */
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../api/problem.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { useNewCampaign, type Target } from './queries.ts';

interface Props {
  /** What it is to be called, unless somebody says otherwise. */
  name?: string;
  /** Whom it goes to; left out: that is chosen afterwards. */
  to?: Target;
  onClose: () => void;
}

export function NewCampaign({ name: proposed = '', to, onClose }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const make = useNewCampaign();
  const [name, setName] = useState(proposed);
  const ofName = make.error ? problemOf(make.error).of('name') : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate({ name: name.trim(), to }, { onSuccess: ({ id }) => void navigate({ to: '/campaigns/$campaignId/edit', params: { campaignId: id } }) });
  };
  return (
    <Dialog onClose={onClose} title={t('campaigns.new')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput
            data-autofocus
            required
            dir="auto"
            maxLength={100}
            label={t('campaigns.name')}
            description={t('campaigns.nameAbout')}
            value={name}
            error={ofName}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {!ofName && <ProblemAlert error={make.error} title={t('campaigns.notMade')} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" disabled={!name.trim()} loading={make.isPending}>{t('campaigns.make')}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
