/** What is done with a view; somebody else may have changed it meanwhile. */
import { Alert, Button, Group, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../api/problem.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { useDeleteView, useSaveView } from './queries.ts';
import { viewBody, type Shown, type View } from './search.ts';

export type ViewAct = 'save' | 'saveAs' | 'rename' | 'share' | 'delete';

interface Props {
  act: ViewAct;
  shown: Shown;
  opened: { data: View; etag: string | null } | null;
  onOpenView: (id?: number) => void;
  onClose: () => void;
}

export function ViewDialog({ act, shown, opened, onOpenView, onClose }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const view = opened?.data;
  const [name, setName] = useState(act === 'rename' ? (view?.name ?? '') : '');
  const [isShared, setShared] = useState(false);
  const save = useSaveView();
  const remove = useDeleteView();
  const error = save.error ?? remove.error;
  const problem = error ? problemOf(error) : null;
  const isTaken = problem?.status === 409 || Boolean(problem?.of('name'));
  const isMeanwhile = problem?.isMeanwhile;

  const finish = (id?: number) => {
    onClose();
    onOpenView(id);
  };
  const bodies = {
    save: viewBody(shown),
    saveAs: { ...viewBody(shown), name, shared: isShared },
    rename: { name },
    share: { shared: !view?.shared },
  };
  /** etag null: whatever somebody else did. */
  const run = (etag: string | null) => {
    if (act === 'delete') remove.mutate({ id: view!.id, etag }, { onSuccess: () => finish() });
    else save.mutate({ id: act === 'saveAs' ? undefined : view!.id, etag, body: bodies[act] }, { onSuccess: ({ id }) => finish(id) });
  };
  const showTheirs = () => {
    void queries.invalidateQueries({ queryKey: ['views'] });
    finish(view?.id);
  };
  const titles = {
    save: t('views.saveTitle'),
    saveAs: t('views.saveAs'),
    rename: t('views.rename'),
    share: view?.shared ? t('views.unshare') : t('views.share'),
    delete: t('views.delete'),
  };
  const hasName = act === 'saveAs' || act === 'rename';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run(opened?.etag ?? null);
  };
  return (
    <Dialog onClose={onClose} title={titles[act]}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {isMeanwhile && (
            <Alert color="yellow" role="alert" title={t('views.meanwhile')}>
              <Text size="sm" mb="xs">{t('views.meanwhileAbout')}</Text>
              <Group gap="xs">
                <Button size="xs" variant="default" onClick={showTheirs}>{t('views.showTheirs')}</Button>
                <Button size="xs" onClick={() => run(null)}>{act === 'delete' ? t('views.deleteAnyway') : t('views.saveAnyway')}</Button>
              </Group>
            </Alert>
          )}
          {problem && !isMeanwhile && !(hasName && isTaken) && <ProblemAlert error={problem} />}
          {hasName && (
            <TextInput
              data-autofocus
              required
              dir="auto"
              maxLength={100}
              label={t('views.name')}
              value={name}
              error={isTaken ? t('views.taken') : undefined}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
          {act === 'saveAs' && (
            <Switch label={t('views.shareNew')} checked={isShared} onChange={(event) => setShared(event.currentTarget.checked)} />
          )}
          {act === 'save' && <Text size="sm">{t('views.saveAbout', { name: view?.name })}</Text>}
          {act === 'share' && <Text size="sm">{view?.shared ? t('views.unshareAbout') : t('views.shareAbout')}</Text>}
          {act === 'delete' && <Text size="sm">{t('views.deleteAbout', { name: view?.name })}</Text>}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" color={act === 'delete' ? 'red' : undefined} loading={save.isPending || remove.isPending} disabled={hasName && !name.trim()}>
              {titles[act]}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
