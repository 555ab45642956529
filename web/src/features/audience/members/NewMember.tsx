/** One member by hand: asked to confirm by mail; at once only of who has agreed, which is stated. */
import { Alert, Button, Checkbox, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../../ui/Dialog.tsx';
import { LanguageSelect } from '../../../ui/LanguageSelect.tsx';
import { LinkAnchor } from '../../../ui/LinkAnchor.tsx';
import { placeProblem } from '../../../ui/problems.ts';
import { useToast } from '../../../ui/useToast.tsx';
import { useUnsaved } from '../../../ui/useUnsaved.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { MemberWord } from './MemberWord.tsx';
import { findMember, useAddMember, type Member, type MergeValues } from './queries.ts';

interface Props {
  listId: string;
  onClose: () => void;
}

const EMPTY = { email_address: '', first: '', last: '', language: '', how: 'pending' as 'pending' | 'subscribed', hasAgreed: false };

export function NewMember({ listId, onClose }: Props) {
  const { t } = useTranslation();
  const toast = useToast();
  const navigate = useNavigate();
  const add = useAddMember(listId);
  const [there, setThere] = useState<Member | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useForm({
    initialValues: EMPTY,
    validate: {
      email_address: (address) => (address.trim() ? null : t('members.addressMissing')),
      hasAgreed: (hasAgreed, { how }) => (how === 'pending' || hasAgreed ? null : t('members.agreedMissing')),
    },
  });
  const leaving = useUnsaved(form.isDirty() && !isBusy);
  const { how } = form.values;
  const submit = form.onSubmit(async ({ email_address: typed, first, last, language }) => {
    const address = typed.trim();
    setBusy(true);
    setProblem(null);
    try {
      // who was here and left is asked on their own page; adding is for who is new
      const known = await findMember(listId, address);
      setThere(known);
      if (known) return;
      const names = { ...(first.trim() && { FNAME: first.trim() }), ...(last.trim() && { LNAME: last.trim() }) } as MergeValues;
      const member = await add.mutateAsync({ email_address: address, status: how, merge_fields: names, ...(language && { language }) });
      toast.tell(t(how === 'pending' ? 'members.asked' : 'members.added', { address: member.email_address }));
      onClose();
      void navigate({ to: '/audience/members/$hash', params: { hash: member.id }, search: { list: listId } });
    } catch (error) {
      setProblem(placeProblem(form, error));
    } finally {
      setBusy(false);
    }
  });
  return (
    <Dialog onClose={onClose} title={t('members.new')}>
      <form onSubmit={submit} noValidate>
        {leaving}
        <Stack gap="sm">
          <TextInput required data-autofocus type="email" dir="auto" autoComplete="off" label={t('members.column.email')} {...form.getInputProps('email_address')} />
          <TextInput dir="auto" autoComplete="off" label={t('composer.tag.of.FNAME')} {...form.getInputProps('first')} />
          <TextInput dir="auto" autoComplete="off" label={t('composer.tag.of.LNAME')} {...form.getInputProps('last')} />
          <LanguageSelect label={t('members.column.language')} none={t('members.noLanguage')} value={form.values.language} onChange={(language) => form.setFieldValue('language', language)} />
          <Radio.Group label={t('members.how')} {...form.getInputProps('how')}>
            <Stack gap="xs" mt={4}>
              <Radio value="pending" label={t('members.howPending')} description={t('members.howPendingAbout')} />
              <Radio value="subscribed" label={t('members.howSubscribed')} description={t('members.howSubscribedAbout')} />
            </Stack>
          </Radio.Group>
          {how === 'subscribed' && <Checkbox label={t('members.hasAgreed')} {...form.getInputProps('hasAgreed', { type: 'checkbox' })} />}
          {there && <There listId={listId} member={there} />}
          <AudienceProblem error={problem} title={t('members.notAdded')} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" loading={isBusy}>{t(how === 'pending' ? 'members.ask' : 'members.add')}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function There({ listId, member }: { listId: string; member: Member }) {
  const { t } = useTranslation();
  return (
    <Alert variant="light" color="yellow" p="xs" role="alert" title={t('members.isThere')}>
      <Group gap="sm">
        <LinkAnchor to="/audience/members/$hash" params={{ hash: member.id }} search={{ list: listId }} size="sm" dir="auto">{member.email_address}</LinkAnchor>
        <MemberWord status={member.status} />
      </Group>
      <Text size="sm" mt={4}>{t('members.isThereAbout')}</Text>
    </Alert>
  );
}
