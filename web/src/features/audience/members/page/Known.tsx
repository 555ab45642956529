/** What the audience knows of a member, by the names of its fields. */
import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../../api/session.ts';
import { LanguageName } from '../../../../ui/languageName.ts';
import { Panel } from '../../../people/record/Panel.tsx';
import { mergeFieldsQuery, type Member } from '../queries.ts';
import { shownValue } from '../values.ts';
import { useMergeFieldName } from '../words.ts';
import { FieldsDialog } from './FieldsDialog.tsx';

const NOWHERE = 0;

export function Known({ member }: { member: Member }) {
  const { t } = useTranslation();
  const mayChange = may(useMe(), 'market');
  const nameOf = useMergeFieldName();
  const fields = useQuery(mergeFieldsQuery(member.list_id)).data;
  const [isEditing, setEditing] = useState(false);
  const { latitude, longitude } = member.location;
  const hasPlace = latitude !== NOWHERE || longitude !== NOWHERE;
  const edit = mayChange && fields && (
    <Button size="compact-sm" variant="default" leftSection={<IconPencil size={14} aria-hidden />} onClick={() => setEditing(true)}>{t('members.edit')}</Button>
  );
  return (
    <Panel title={t('person.properties')} beside={edit}>
      {!fields && <Skeleton h={160} />}
      <Stack gap={6} component="dl" m={0}>
        <Fact label={t('members.column.email')}>{member.email_address}</Fact>
        {fields?.map((field) => <Fact key={field.tag} label={nameOf(field)}>{shownValue(field, member.merge_fields)}</Fact>)}
        <Fact label={t('members.column.language')}>{member.language && <LanguageName value={member.language} />}</Fact>
        {hasPlace && <Fact label={t('members.place')}>{`${latitude.toFixed(2)}, ${longitude.toFixed(2)}`}</Fact>}
        <Fact label={t('members.column.rating')}>{t('members.ratingOf', { stars: member.member_rating })}</Fact>
        {member.email_client && <Fact label={t('members.client')}>{member.email_client}</Fact>}
      </Stack>
      {isEditing && fields && <FieldsDialog member={member} fields={fields} onClose={() => setEditing(false)} />}
    </Panel>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Text component="dt" size="xs" c="dimmed" w={110} flex="none" pt={2} dir="auto" style={{ overflowWrap: 'anywhere' }}>{label}</Text>
      <Text component="dd" size="sm" m={0} c={children ? undefined : 'dimmed'} dir="auto" style={{ overflowWrap: 'anywhere' }}>{children || t('person.empty')}</Text>
    </Group>
  );
}
