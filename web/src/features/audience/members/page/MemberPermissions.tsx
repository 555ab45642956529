/** How a member may be contacted; a click is saved at once, with who did it. */
import { Checkbox, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../../api/session.ts';
import { Panel } from '../../../people/record/Panel.tsx';
import { AudienceProblem } from '../../AudienceProblem.tsx';
import { useChangeMember, type Member } from '../queries.ts';
import { usePermissionName } from '../words.ts';

type Given = Member['marketing_permissions'][number];

export function MemberPermissions({ member }: { member: Member }) {
  const { t } = useTranslation();
  const mayChange = may(useMe(), 'market');
  const change = useChangeMember(member);
  const nameOf = usePermissionName();
  if (member.marketing_permissions.length === 0) return null;
  // what was clicked is seen at once
  const pending = (change.isPending ? change.variables.marketing_permissions : undefined) as Partial<Given>[] | undefined;
  return (
    <Panel title={t('audience.permissions')}>
      <Stack gap={8}>
        {member.marketing_permissions.map(({ marketing_permission_id, text, enabled }) => (
          <Checkbox
            key={marketing_permission_id}
            disabled={!mayChange}
            checked={pending?.find((one) => one.marketing_permission_id === marketing_permission_id)?.enabled ?? enabled}
            label={<bdi>{nameOf(text)}</bdi>}
            onChange={(event) => change.mutate({ marketing_permissions: [{ marketing_permission_id, enabled: event.currentTarget.checked }] })}
          />
        ))}
        {mayChange && <Text size="xs" c="dimmed">{t('members.permissionsAbout')}</Text>}
      </Stack>
      <AudienceProblem error={change.error} title={t('audience.notSaved')} />
    </Panel>
  );
}
