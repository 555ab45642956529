/** How a member may be contacted; a click is saved at once, with who did it. */
import { Checkbox, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../../api/session.ts';
import { useFormat } from '../../../../app/format.ts';
import { Panel } from '../../../people/record/Panel.tsx';
import { AudienceProblem } from '../../AudienceProblem.tsx';
import { useChangeMember, useFeed, type Member } from '../queries.ts';
import { usePermissionName } from '../words.ts';

type Given = Member['marketing_permissions'][number];

export function MemberPermissions({ member }: { member: Member }) {
  const { t } = useTranslation();
  const mayChange = may(useMe(), 'market');
  const change = useChangeMember(member);
  const nameOf = usePermissionName();
  const sayWhen = useWhen(member);
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
            description={sayWhen(text, enabled) ?? '\u00a0' /* its place, or a click would hit another */}
            onChange={(event) => change.mutate({ marketing_permissions: [{ marketing_permission_id, enabled: event.currentTarget.checked }] })}
          />
        ))}
        {mayChange && <Text size="xs" c="dimmed">{t('members.permissionsAbout')}</Text>}
      </Stack>
      <AudienceProblem error={change.error} title={t('audience.notSaved')} />
    </Panel>
  );
}

/** When they said so; who never was asked has not refused. */
function useWhen(member: Member): (text: string, isGiven: boolean) => string | undefined {
  const { t } = useTranslation();
  const format = useFormat();
  const feed = useFeed(member);
  return (text, isGiven) => {
    const said = feed.data?.pages.flatMap((page) => page.activity)
      .find((one) => one.marketing_permisson_text === text && one.marketing_permission_opted_in === isGiven);
    if (said) return t(isGiven ? 'members.permissionGiven' : 'members.permissionRefused', { date: format.date(said.created_at_timestamp) });
    return !isGiven && feed.data && !feed.hasNextPage ? t('members.permissionOpen') : undefined;
  };
}
