/** Whether a group follows its criteria by itself: in words. */
import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Group } from './queries.ts';

export function KindWord({ kind }: { kind: Group['kind'] }) {
  const { t } = useTranslation();
  return <Badge variant="default" tt="none" fw={500}>{t(`groups.kind.${kind}`)}</Badge>;
}
