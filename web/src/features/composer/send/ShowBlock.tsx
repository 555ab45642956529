/** Leads to the blocks that something is about. */
import { Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Letter } from '../abtest/abTest.ts';
import { LinkButton } from '../../../ui/LinkButton.tsx';

export function ShowBlock({ id, blocks, variant }: { id: number; blocks: string[]; variant?: Letter }) {
  const { t } = useTranslation();
  if (blocks.length === 0) return null;
  return (
    <Group gap="xs">
      {blocks.map((block, i) => (
        <LinkButton
          key={block}
          variant="subtle"
          size="compact-xs"
          to="/campaigns/$campaignId/edit/content"
          params={{ campaignId: id }}
          search={{ block, variant: variant === 'A' ? undefined : variant }}
        >
          {blocks.length === 1 ? t('composer.check.show') : t('composer.check.showOf', { n: i + 1, of: blocks.length })}
        </LinkButton>
      ))}
    </Group>
  );
}
