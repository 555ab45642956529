/** Above every kind of content: whose it is, whether it is saved, and the way back. */
import { Box, Group, Menu, Button, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconDots } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LinkAnchor } from '../../../ui/LinkAnchor.tsx';
import { LinkButton } from '../../../ui/LinkButton.tsx';
import { MenuLink } from '../../../ui/MenuLink.tsx';
import type { DraftState } from '../../../ui/useDraft.ts';
import type { Campaign } from '../queries.ts';
import { lettersOf, type Letter } from '../abtest/abTest.ts';
import { SaveState } from '../SaveState.tsx';

interface Props {
  campaign: Campaign;
  /** Left out: nothing is written here. */
  state?: DraftState;
  /** More of the menu. */
  items?: ReactNode;
  /** Of an A/B test; left out: A, whose content is the campaign's. */
  variant?: 'B' | 'C';
}

export function ContentHead({ campaign, state, items, variant }: Props) {
  const { t } = useTranslation();
  useDocumentTitle(`${t('composer.step.content')}: ${campaign.name} · Muster`);
  const params = { campaignId: campaign.id };
  const letters = campaign.ab_test?.what === 'content' ? lettersOf({ variants: campaign.ab_test.variants ?? [{}] }) : [];
  return (
    <>
    <Group justify="space-between" mb="md" gap="sm" align="flex-end">
      <Box>
        <LinkAnchor size="sm" to="/campaigns/$campaignId/edit" params={params}><bdi>{campaign.name}</bdi></LinkAnchor>
        <Title order={1}>{t('composer.step.content')}</Title>
      </Box>
      <Group gap="sm">
        {state && <SaveState state={state} />}
        {state && (
          <Menu position="bottom-end">
            <Menu.Target>
              <Button variant="default" rightSection={<IconDots size={14} aria-hidden />}>{t('composer.content.more')}</Button>
            </Menu.Target>
            <Menu.Dropdown>
              {items}
              {!variant && <MenuLink to="/campaigns/$campaignId/edit/content" params={params} search={{ begin: true }}>{t('composer.content.again')}</MenuLink>}
            </Menu.Dropdown>
          </Menu>
        )}
        <LinkButton variant={state ? 'filled' : 'default'} to="/campaigns/$campaignId/edit" params={params}>{state ? t('composer.content.done') : t('ui.cancel')}</LinkButton>
      </Group>
    </Group>
    {state && letters.length > 0 && <VariantTabs id={campaign.id} letters={letters} variant={variant ?? 'A'} />}
    </>
  );
}

/** Each variant has a page of its own: what was written is saved when one leaves it. */
function VariantTabs({ id, letters, variant }: { id: number; letters: readonly Letter[]; variant: Letter }) {
  const { t } = useTranslation();
  return (
    <Group component="nav" gap="xs" mb="md" aria-label={t('composer.ab.variants')}>
      {letters.map((letter) => (
        <LinkButton
          key={letter} size="xs" variant={letter === variant ? 'filled' : 'default'} aria-current={letter === variant ? 'page' : undefined}
          to="/campaigns/$campaignId/edit/content" params={{ campaignId: id }} search={{ variant: letter === 'A' ? undefined : letter }}
        >
          {t('composer.ab.variant', { letter })}
        </LinkButton>
      ))}
    </Group>
  );
}
