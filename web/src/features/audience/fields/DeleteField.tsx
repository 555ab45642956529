/** A field goes, with what members have there; one that the customer records fill, only with a word more. */
import { Alert, Checkbox } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../api/problem.ts';
import { useFormat } from '../../../app/format.ts';
import { AskFirst } from '../../../ui/AskFirst.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { useRemoveField, useUsers, type MergeField } from './queries.ts';

const GONE = 404;

interface Props {
  listId: string;
  field: MergeField;
  /** As it is shown. */
  name: string;
  /** Which field of people goes into it. */
  filledBy?: string;
  onClose: () => void;
}

export function DeleteField({ listId, field, name, filledBy, onClose }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const remove = useRemoveField(listId);
  const users = useUsers(listId, field.tag);
  const [isSure, setSure] = useState(false);
  const [isMissed, setMissed] = useState(false);
  const count = users.data ?? 0;
  const isGone = Boolean(remove.error) && problemOf(remove.error).status === GONE;
  const act = () => {
    if (filledBy && !isSure) return setMissed(true);
    remove.mutate({ field, isFilled: filledBy !== undefined }, {
      onSuccess: () => {
        toast.tell(t('audience.deleted', { name }));
        onClose();
      },
      onError: (error) => problemOf(error).status === GONE && onClose(),
    });
  };
  return (
    <AskFirst
      isOpen
      title={t('audience.deleteTitle', { name })}
      about={t('fields.deleteAbout')}
      act={t('audience.deleteOf', { count, n: format.number(count) })}
      isBusy={remove.isPending || users.isLoading}
      error={isGone ? null : remove.error ?? users.error}
      onAct={act}
      onClose={onClose}
    >
      {filledBy && (
        <Alert color="yellow" variant="light" title={t('fields.filledBy', { name: filledBy })}>
          {t('fields.filledAbout')}
          <Checkbox
            mt="xs" label={t('fields.filledSure')} checked={isSure} error={isMissed && !isSure ? t('fields.filledMissed') : undefined}
            onChange={(event) => setSure(event.currentTarget.checked)}
          />
        </Alert>
      )}
    </AskFirst>
  );
}
