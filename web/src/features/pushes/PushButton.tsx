/** Does what a plan said. Says how many it meets; above ten thousand, their number is typed. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../api/problem.ts';
import { useFormat } from '../../app/format.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { isTypedRight, TYPED_ABOVE, TypedNumber } from '../../ui/TypedNumber.tsx';
import type { Push, PushResult, useStartPush } from './queries.ts';
import { toPush } from './states.ts';

export const CHANGED_SINCE = 409;

interface Props {
  plan: Push;
  result: PushResult;
  start: ReturnType<typeof useStartPush>;
  /** The group is not as it was when the plan was made: nothing was pushed. */
  onChanged: () => void;
}

export function PushButton({ plan, result, start, onChanged }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const [typed, setTyped] = useState('');
  const count = toPush(result);
  const words = { count, n: format.number(count) };
  const act = count > 0 ? t('pushes.do', words) : t('pushes.doUntag', { count: result.untag, n: format.number(result.untag) });
  const isLarge = count > TYPED_ABOVE;
  const push = () =>
    start.mutate({ plan_id: plan.id }, {
      onSuccess: ({ job_id }) =>
        void navigate({ to: '/groups/$groupId/push', params: { groupId: plan.group_id }, search: { job: job_id } }),
      onError: (error) => {
        setAsking(false);
        if (problemOf(error).status === CHANGED_SINCE) onChanged();
      },
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isTypedRight(typed, count)) push();
  };
  return (
    <>
      <Button leftSection={<IconSend size={16} aria-hidden />} loading={start.isPending} onClick={() => (isLarge ? setAsking(true) : push())}>
        {act}
      </Button>
      {isAsking && (
        <Dialog onClose={() => setAsking(false)} title={act}>
          <form onSubmit={submit} noValidate>
            <Stack gap="sm">
              <Text size="sm">{t('pushes.askAbout', words)}</Text>
              <TypedNumber count={count} typed={typed} onType={setTyped} />
              <Group justify="flex-end">
                <Button variant="default" onClick={() => setAsking(false)}>{t('ui.cancel')}</Button>
                <Button type="submit" disabled={!isTypedRight(typed, count)} loading={start.isPending}>{act}</Button>
              </Group>
            </Stack>
          </form>
        </Dialog>
      )}
    </>
  );
}
