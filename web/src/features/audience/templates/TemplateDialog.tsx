/** A template, new or changed: its name and folder, and HTML from a file or pasted, looked at before it is saved. */
import { Box, Button, FileButton, Group, Input, Select, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { lazy, Suspense, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { inNames } from '../../composer/mergeTags.ts';
import { useTagName } from '../../composer/useTagName.ts';
import type { Marketing } from '../../../api/client.ts';
import { problemOf } from '../../../api/problem.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { useSaveTemplate, type Template, type TemplateInput } from './queries.ts';

const CodeEditor = lazy(() => import('../../composer/content/CodeEditor.tsx').then((file) => ({ default: file.CodeEditor })));

export type Folder = Marketing['ContentFolder'];

interface Props {
  /** null: a new one. */
  template: Template | null;
  folders: Folder[];
  onClose: () => void;
}

export function TemplateDialog({ template, folders, onClose }: Props) {
  const { t } = useTranslation();
  const toast = useToast();
  const save = useSaveTemplate();
  const [name, setName] = useState(template?.name ?? '');
  const [folder, setFolder] = useState(template?.folder_id ?? '');
  const [html, setHtml] = useState('');
  const problem = save.error ? problemOf(save.error) : null;
  const hasHtml = !template?.drag_and_drop;
  const isPlaced = problem && ['name', 'html', 'folder_id'].some((field) => problem.of(field));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body: TemplateInput = {
      ...(name.trim() !== template?.name && { name: name.trim() }),
      ...(folder !== (template?.folder_id ?? '') && { folder_id: folder }),
      ...(html && { html }),
    };
    save.mutate({ id: template?.id ?? null, body }, {
      onSuccess: (saved) => {
        toast.tell(t(template ? 'audience.saved' : 'audience.added', { name: saved.name }));
        onClose();
      },
    });
  };
  const take = async (file: File | null) => {
    if (!file) return;
    setHtml(await file.text());
    if (!name.trim()) setName(file.name.replace(/\.html?$/i, ''));
  };
  return (
    <Dialog title={template ? t('audience.editTemplate') : t('audience.newTemplate')} size="xl" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput required data-autofocus dir="auto" label={t('audience.templateName')} value={name} error={problem?.of('name')} onChange={(event) => setName(event.currentTarget.value)} />
          {folders.length > 0 && (
            <Select
              clearable
              label={t('audience.folder')}
              data={folders.map((one) => ({ value: one.id, label: one.name }))}
              value={folder || null}
              error={problem?.of('folder_id')}
              onChange={(id) => setFolder(id ?? '')}
            />
          )}
          {hasHtml && (
            <Input.Wrapper component="div" label={t(template ? 'audience.otherHtml' : 'audience.html')} description={t('audience.htmlAbout')} error={problem?.of('html')}>
              <Group my={6}>
                <FileButton accept="text/html,.html,.htm" onChange={(file) => void take(file)}>
                  {(props) => <Button {...props} size="xs" variant="default" leftSection={<IconUpload size={14} aria-hidden />}>{t('audience.fromFile')}</Button>}
                </FileButton>
              </Group>
              <Suspense fallback={<Skeleton h={200} />}>
                <CodeEditor label={t('audience.html')} value={html} onChange={setHtml} />
              </Suspense>
            </Input.Wrapper>
          )}
          {hasHtml && html.trim() && <Look html={html} />}
          {!isPlaced && <AudienceProblem error={save.error} title={t('audience.notSaved')} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" disabled={!name.trim() || (!template && !html.trim())} loading={save.isPending}>{template ? t('ui.save') : t('audience.addTemplate')}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** As it would look; pictures of other servers come once it is saved. */
function Look({ html }: { html: string }) {
  const { t } = useTranslation();
  const nameOf = useTagName();
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>{t('audience.lookBefore')}</Text>
      <Box
        component="iframe"
        title={t('audience.lookBefore')}
        srcDoc={inNames(html, nameOf)}
        sandbox=""
        w="100%"
        h={320}
        bg="white"
        style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 'var(--mantine-radius-md)' }}
      />
    </div>
  );
}
