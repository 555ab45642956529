/** A new person: what is known at first; all else on their page. */
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Fragment, useEffect, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../api/problem.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { useUnsaved } from '../../ui/useUnsaved.tsx';
import { AddressHint } from './AddressHolders.tsx';
import { CompanyInput } from './pickers.tsx';
import { useCreatePerson, type PersonInput } from './queries.ts';

const TEXTS = ['first_name', 'last_name', 'email', 'phone'] as const;
const TYPES: Partial<Record<(typeof TEXTS)[number], string>> = { email: 'email', phone: 'tel' };

export function NewPerson({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [isHeld, hold] = useState(false);
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      closeOnEscape={!isHeld}
      closeOnClickOutside={!isHeld}
      title={t('people.new')}
      closeButtonProps={{ 'aria-label': t('ui.close') }}
    >
      <Form onClose={onClose} onTyped={hold} />
    </Modal>
  );
}

/** onTyped: is there something to lose? */
function Form({ onClose, onTyped }: { onClose: () => void; onTyped: (isTyped: boolean) => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const create = useCreatePerson();
  const [person, setPerson] = useState<PersonInput>({});
  const problem = create.error ? problemOf(create.error) : null;
  const isAtField = TEXTS.some((field) => problem?.of(field));
  const isEmpty = !TEXTS.some((field) => person[field]?.trim());
  useEffect(() => onTyped(!isEmpty), [isEmpty, onTyped]);
  const leaving = useUnsaved(!isEmpty && !create.isPending);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(person, {
      onSuccess: ({ id }) => {
        onClose();
        void navigate({ to: '/people/$personId', params: { personId: id } });
      },
    });
  };
  return (
    <form onSubmit={submit} noValidate>
      {leaving}
      <Stack gap="sm">
        {problem && !isAtField && <ProblemAlert error={problem} title={t('people.notSaved')} />}
        {TEXTS.map((field) => (
          <Fragment key={field}>
            <TextInput
              data-autofocus={field === 'first_name' ? true : undefined}
              label={t(`people.field.${field}`)}
              type={TYPES[field] ?? 'text'}
              dir="auto"
              autoComplete="off"
              value={person[field] ?? ''}
              error={problem?.of(field)}
              onChange={(event) => setPerson({ ...person, [field]: event.currentTarget.value })}
            />
            {field === 'email' && <AddressHint address={person.email ?? ''} />}
          </Fragment>
        ))}
        <CompanyInput
          mayMake
          label={t('people.field.company_name')}
          value={person.company_id ?? undefined}
          onChange={(id) => setPerson({ ...person, company_id: typeof id === 'number' ? id : undefined })}
        />
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
          <Button type="submit" disabled={isEmpty} loading={create.isPending}>{t('people.create')}</Button>
        </Group>
      </Stack>
    </form>
  );
}
