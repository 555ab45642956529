/** What is still to be done for this person; done by a tick. */
import { Checkbox, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { Panel } from './Panel.tsx';
import { useTasks, useTickTask } from './queries.ts';

export function OpenTasks({ personId }: { personId: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const tick = useTickTask(personId);
  const tasks = (useTasks(personId).data ?? []).filter((task) => !task.done_at);
  const finish = (id: number, title: string) =>
    tick.mutate({ id, isDone: true }, {
      onSuccess: () => toast.tellUndo(t('person.taskDone', { title }), () => tick.mutate({ id, isDone: false })),
    });
  return (
    <Panel title={t('person.openTasks')}>
      {tasks.length === 0 && <Text size="sm" c="dimmed">{t('person.noTasks')}</Text>}
      <Stack gap="xs">
        {tasks.map((task) => (
          <Checkbox
            key={task.id}
            size="sm"
            checked={tick.isPending && tick.variables.id === task.id}
            label={<span dir="auto">{task.title}</span>}
            description={task.due_at ? t('person.due', { when: format.date(task.due_at) }) : undefined}
            onChange={() => finish(task.id, task.title)}
          />
        ))}
      </Stack>
      <ProblemAlert error={tick.error} title={t('person.notSaved')} />
    </Panel>
  );
}
