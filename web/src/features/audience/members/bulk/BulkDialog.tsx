/** Asks what an act needs, says how many it is about, and begins it. */
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../../api/problem.ts';
import { useFormat } from '../../../../app/format.ts';
import { sizeOf } from '../../../../ui/DataTable/selection.ts';
import { Dialog } from '../../../../ui/Dialog.tsx';
import { ChoiceInput } from '../../../../ui/NameInput.tsx';
import { ProblemAlert } from '../../../../ui/ProblemAlert.tsx';
import { isTypedRight, TypedNumber } from '../../../../ui/TypedNumber.tsx';
import { bulkBody, isTyped, takesOut, type MemberAct } from './acts.ts';
import type { MemberBulk } from './BulkBar.tsx';
import { useMemberBulk } from './queries.ts';
import { useTagChoice } from './useTagChoice.ts';

interface Props extends MemberBulk {
  act: MemberAct;
  onClose: () => void;
}

export function BulkDialog({ act, listId, isMaster, listed, selection, total, onStarted, onLookAgain, onClose }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const bulk = useMemberBulk();
  const tag = useTagChoice(listId, act === 'tag');
  const [typed, setTyped] = useState('');
  const count = sizeOf(selection, total);
  const problem = bulk.error ? problemOf(bulk.error) : null;
  const isMore = problem?.status === 409;
  const isReady = (takesOut(act) || tag.isReady) && (!isTyped(act, count) || isTypedRight(typed, count));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    const tagId = takesOut(act) ? undefined : await tag.id().catch(() => null);
    if (tagId === null) return;
    bulk.mutate(bulkBody(act, listId, listed, selection, count, tagId), {
      onSuccess: ({ job_id }) => {
        onClose();
        onStarted(job_id, act);
      },
    });
  };
  const words = { count, n: format.number(count) };
  return (
    <Dialog onClose={onClose} title={t(`members.bulk.act.${act}`)}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap="sm">
          {isMore ? (
            <Alert color="yellow" role="alert" title={t('bulk.more')}>
              <Text size="sm" mb="xs">{problem.message}</Text>
              <Button
                size="xs"
                variant="default"
                onClick={() => {
                  bulk.reset();
                  onLookAgain();
                }}
              >
                {t('bulk.lookAgain')}
              </Button>
            </Alert>
          ) : (
            problem && <ProblemAlert error={problem} title={t('bulk.notBegun')} />
          )}
          <Text size="sm">{t(`members.bulk.about.${act}`, words)}</Text>
          {takesOut(act) ? (
            <>
              <Text size="sm">{t(`members.act.${act as 'archive'}.then`)}</Text>
              {isMaster && <Text size="sm">{t(`members.bulk.crm.${act as 'archive'}`)}</Text>}
            </>
          ) : (
            <ChoiceInput choice={tag} />
          )}
          {isTyped(act, count) && <TypedNumber count={count} typed={typed} onType={setTyped} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" color={takesOut(act) ? 'red' : undefined} disabled={!isReady} loading={bulk.isPending || tag.isBusy}>
              {t(`members.bulk.do.${act}`, words)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
