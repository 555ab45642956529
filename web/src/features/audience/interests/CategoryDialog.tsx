/** A category, new or changed: its name, and how it is asked. Only what was changed is sent: two may change two things. */
import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../../ui/Dialog.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { sayOfName } from './names.ts';
import { useSaveCategory, type Category, type Form } from './queries.ts';

const forms: readonly Form[] = ['checkboxes', 'dropdown', 'radio', 'hidden'];

interface Props {
  listId: string;
  /** null: a new one. */
  category: Category | null;
  onClose: () => void;
}

export function CategoryDialog({ listId, category, onClose }: Props) {
  const { t } = useTranslation();
  const toast = useToast();
  const save = useSaveCategory(listId);
  const before = { title: category?.title ?? '', type: category?.type ?? ('checkboxes' as Form) };
  const form = useForm({ initialValues: before, validate: { title: (title) => (title.trim() ? null : t('audience.nameMissing')) } });
  const submit = form.onSubmit(({ title, type }) => {
    const name = title.trim();
    const body = { ...(name !== before.title && { title: name }), ...((!category || type !== before.type) && { type }) };
    save.mutate({ category, body }, {
      onSuccess: (saved) => {
        toast.tell(t(category ? 'audience.saved' : 'audience.added', { name: saved.title }));
        onClose();
      },
      onError: (error) => {
        form.setFieldError('title', sayOfName(error, 'title'));
        form.getInputNode('title')?.focus();
      },
    });
  });
  return (
    <Dialog onClose={onClose} title={category ? t('audience.editCategory') : t('audience.newCategory')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput required data-autofocus dir="auto" label={t('audience.categoryName')} description={t('audience.categoryNameAbout')} {...form.getInputProps('title')} />
          <Select
            label={t('audience.formLabel')}
            description={t(`audience.formAbout.${form.values.type}`)}
            allowDeselect={false}
            data={forms.map((value) => ({ value, label: t(`audience.form.${value}`) }))}
            {...form.getInputProps('type')}
          />
          {!sayOfName(save.error, 'title') && <AudienceProblem error={save.error} title={t('audience.notSaved')} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" loading={save.isPending}>{category ? t('ui.save') : t('audience.addCategory')}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
