/** How it came to what the member is now: signed up, confirmed, left, each with when and from where. */
import { Stack, Text, Timeline } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Ago } from '../../../../ui/Ago.tsx';
import { Agreed } from '../../../people/record/Agreed.tsx';
import { Panel } from '../../../people/record/Panel.tsx';
import { useMemberMore, type Member } from '../queries.ts';
import { reasonKind, useReasonWord, useSourceWord } from '../words.ts';

interface Step {
  title: string;
  at?: string;
  ip?: string;
  about?: string;
}

export function Standing({ member }: { member: Member }) {
  const { t } = useTranslation();
  const sourceWord = useSourceWord();
  const reasonWord = useReasonWord();
  const { status, ip_signup: ipSignup, ip_opt: ipOpt, timestamp_signup: signup, timestamp_opt: opt, last_changed: changed } = member;
  const reason = member.unsubscribe_reason;
  const kind = reasonKind(reason);
  const more = useMemberMore(member, true).data;
  const by = kind === 'admin' && more?.unsubscribed_by ? t('members.leftBy', { name: more.unsubscribed_by }) : undefined;
  const source = member.source && sourceWord(member.source);
  const steps: Step[] = [
    ...(signup ? [{ title: t('members.signedUp'), at: signup, ip: ipSignup, about: source }] : []),
    ...(opt ? [{ title: t(ipOpt ? 'members.confirmed' : 'members.wasSubscribed'), at: opt, ip: ipOpt, about: signup ? '' : source }] : []),
    ...(reason === undefined ? [] : [{ title: t('members.left'), at: more?.unsubscribed_at ?? undefined, about: by ?? (kind === 'own' ? t('members.reason', { reason: reasonWord(reason) }) : t(`members.reasonKind.${kind}`)) }]),
    { title: t('members.lastChanged'), at: changed },
  ];
  return (
    <Panel title={t('members.standing')}>
      <Text size="sm" mb="sm">{t(`members.statusAbout.${status}`)}</Text>
      <Timeline bulletSize={12} lineWidth={1}>
        {steps.map(({ title, at, ip, about }) => (
          <Timeline.Item key={title} title={<Text size="sm" fw={500}>{title}</Text>}>
            <Stack gap={0} fz="xs" c="dimmed">
              {at && <Ago at={at} />}
              {ip && <span>{t('person.fromIp', { ip })}</span>}
              {about && <span dir="auto">{about}</span>}
            </Stack>
          </Timeline.Item>
        ))}
      </Timeline>
      {(more?.agreements ?? []).map((agreement) => (
        <Stack key={agreement.signed_up_at} gap={0} fz="xs" c="dimmed" mt="sm">
          <Text size="sm" fw={500} c="var(--mantine-color-text)">{t('members.proof')}</Text>
          <Agreed agreement={agreement} />
        </Stack>
      ))}
    </Panel>
  );
}
