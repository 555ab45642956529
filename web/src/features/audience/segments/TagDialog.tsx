/** A tag begins empty, with its name; a tag or a segment gets another one. */
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../../ui/Dialog.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { sayOfName } from '../interests/names.ts';
import { useMakeTag, useRenameSegment, type Row } from './queries.ts';

export const NAME_MAX = 100;

interface Props {
  listId: string;
  /** Left out: a new tag. */
  segment?: Row;
  onClose: () => void;
}

export function TagDialog({ listId, segment, onClose }: Props) {
  const { t } = useTranslation();
  const toast = useToast();
  const make = useMakeTag(listId);
  const rename = useRenameSegment(listId);
  const [name, setName] = useState(segment?.name ?? '');
  const error = make.error ?? rename.error;
  const ofName = sayOfName(error, 'name');
  const end = (said: string) => {
    toast.tell(said);
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const to = name.trim();
    if (segment && to === segment.name) onClose();
    else if (segment) rename.mutate({ id: segment.id, was: segment.name, name: to }, { onSuccess: () => end(t('audience.saved', { name: to })) });
    else make.mutate(to, { onSuccess: () => end(t('audience.added', { name: to })) });
  };
  return (
    <Dialog onClose={onClose} title={segment ? t('audience.renameOf', { name: segment.name }) : t('segments.newTag')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          {!segment && <Text size="sm">{t('segments.tagAbout')}</Text>}
          <TextInput
            data-autofocus required dir="auto" maxLength={NAME_MAX} label={t('segments.name')} value={name} error={ofName}
            onChange={(event) => {
              setName(event.currentTarget.value);
              if (error) [make, rename].forEach((one) => one.reset());
            }}
          />
          {!ofName && <AudienceProblem error={error} title={t('audience.notSaved')} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" disabled={!name.trim()} loading={make.isPending || rename.isPending}>{segment ? t('ui.save') : t('segments.makeTag')}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
