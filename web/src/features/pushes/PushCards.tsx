/** What a push does, or did, with how many; each number opens those people below. */
import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { Stat } from '../../ui/Stat.tsx';
import type { PushResult } from './queries.ts';
import { actions, type Action, type RowsSearch } from './search.ts';
import { leftOut } from './states.ts';

const COLORS: Partial<Record<Action, string>> = { add: 'green', untag: 'yellow', left_out: 'red' };

interface Props {
  result: PushResult;
  search: RowsSearch;
  onChange: (search: RowsSearch) => void;
}

export function PushCards({ result, search, onChange }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const when = result.dry_run ? 'plan' : 'done';
  return (
    <Group gap="sm" align="stretch" role="group" aria-label={t(`pushes.cards.${when}`)}>
      {actions.map((action) => {
        const n = action === 'left_out' ? leftOut(result) : result[action];
        const isOpen = search.action === action;
        return (
          <Stat
            key={action}
            label={t(`pushes.action.${action}.${when}`)}
            value={format.number(n)}
            color={n > 0 ? COLORS[action] : undefined}
            isOpen={isOpen}
            onOpen={() => onChange({ action: isOpen ? undefined : action })}
          >
            <Text size="xs" c="dimmed" component="span" display="block">{t(`pushes.action.${action}.about`)}</Text>
          </Stat>
        );
      })}
    </Group>
  );
}
