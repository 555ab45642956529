/** What a campaign can go to, by name. */
import { useTranslation } from 'react-i18next';
import { useGroupName } from '../../groups/edit/queries.ts';
import { useTargets } from '../queries.ts';
import { targetIn } from '../values.ts';

/** Of a target as text; of one that is not known, what kind it is. */
export function useTargetName(): (to: string) => string {
  const { t } = useTranslation();
  const targets = useTargets().data;
  return (text) => {
    const to = targetIn(text);
    if (!to) return '';
    const among = to.kind === 'tag' ? targets?.tags : to.kind === 'segment' ? targets?.segments : undefined;
    const name = to.kind === 'audience' ? targets?.audience?.name : among?.find(({ id }) => id === to.id)?.name;
    return name ? `${t(`composer.to.${to.kind}`)}: ${name}` : `${t(`composer.to.${to.kind}`)}${to.id ? ` ${to.id}` : ''}`;
  };
}

/** The same with the names of groups, which are asked for one by one. */
export function useOneTargetName(text: string): string | undefined {
  const to = targetIn(text);
  const group = useGroupName(to?.kind === 'group' ? (to.id ?? null) : null);
  const nameOf = useTargetName();
  if (to?.kind === 'group') return group;
  return to ? nameOf(text) : undefined;
}
