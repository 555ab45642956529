/** What a member has chosen, by question; a click is saved at once. */
import { Checkbox, Fieldset, Radio, Skeleton, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../../api/session.ts';
import { Panel } from '../../../people/record/Panel.tsx';
import { AudienceProblem } from '../../AudienceProblem.tsx';
import { useChangeMember, useQuestions, type Member, type Question } from '../queries.ts';

const NONE = 'none';

export function MemberInterests({ member }: { member: Member }) {
  const { t } = useTranslation();
  const questions = useQuestions(member.list_id);
  const asked = questions?.filter(({ interests }) => interests.length > 0) ?? [];
  if (questions && asked.length === 0) return null;
  return (
    <Panel title={t('audience.tab.interests')}>
      {!questions && <Skeleton h={60} />}
      <Stack gap="sm">
        {asked.map((question) => <Answers key={question.category.id} member={member} question={question} />)}
      </Stack>
    </Panel>
  );
}

function Answers({ member, question: { category, interests } }: { member: Member; question: Question }) {
  const { t } = useTranslation();
  const mayChange = may(useMe(), 'market');
  const change = useChangeMember(member);
  const isSingle = category.type === 'radio' || category.type === 'dropdown';
  // what was clicked is seen at once
  const now = { ...member.interests, ...(change.isPending && change.variables.interests) };
  const chosen = interests.filter(({ id }) => now[id]).map(({ id }) => id);
  if (!mayChange)
    return (
      <div>
        <Text size="xs" c="dimmed" dir="auto">{category.title}</Text>
        <Text size="sm" dir="auto">{interests.filter(({ id }) => chosen.includes(id)).map(({ name }) => name).join(', ') || t('members.nothingChosen')}</Text>
      </div>
    );
  const choose = (id: string) =>
    change.mutate({ interests: Object.fromEntries(interests.map((one) => [one.id, one.id === id])) });
  return (
    <Fieldset variant="unstyled" legend={<Text size="sm" fw={500} dir="auto">{category.title}</Text>}>
      <Stack gap={8} mt={4}>
        {isSingle && (
          <Radio.Group value={chosen[0] ?? NONE} onChange={choose} aria-label={category.title}>
            <Stack gap={8}>
              {interests.map(({ id, name }) => <Radio key={id} value={id} label={<bdi>{name}</bdi>} />)}
              <Radio value={NONE} label={t('members.nothingChosen')} />
            </Stack>
          </Radio.Group>
        )}
        {!isSingle && interests.map(({ id, name }) => (
          <Checkbox
            key={id}
            checked={chosen.includes(id)}
            label={<bdi>{name}</bdi>}
            onChange={(event) => change.mutate({ interests: { [id]: event.currentTarget.checked } })}
          />
        ))}
      </Stack>
      <AudienceProblem error={change.error} title={t('audience.notSaved')} />
    </Fieldset>
  );
}
