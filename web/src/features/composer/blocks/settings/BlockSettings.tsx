/** What can be set of the block that is selected. */
import { Button, Group, SegmentedControl, Select, Stack, Switch, Text, Textarea, TextInput, ActionIcon, Autocomplete, Input } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { MergeTagMenu } from '../../MergeTagMenu.tsx';
import { kindOf } from '../kinds.ts';
import { linksOf, numberOf, textOf } from '../members.ts';
import type { Block, Node } from '../tree.ts';
import type { Look } from '../look.ts';
import { Amount, Colour } from './fields.tsx';
import { ImageSettings } from './ImageSettings.tsx';

export interface SettingsProps {
  block: Block;
  look: Look;
  change: (change: Partial<Block>) => void;
}

const ratios = ['1:1', '1:2', '2:1', '1:1:1', '1:1:1:1'];
const networks = ['Facebook', 'Instagram', 'LinkedIn', 'X', 'YouTube', 'Mastodon', 'TikTok', 'Bluesky'];
const aligns = ['start', 'center', 'end'] as const;

export function BlockSettings({ node, onRatio, ...props }: SettingsProps & { node: Node; onRatio: (ratio: string) => void }) {
  const { block } = props;
  const own = () => {
    switch (kindOf(block)) {
      case 'heading': return <HeadingSettings {...props} />;
      case 'image': return <ImageSettings {...props} />;
      case 'button': return <ButtonSettings {...props} />;
      case 'divider': return <DividerSettings {...props} />;
      case 'spacer': return <SpacerSettings {...props} />;
      case 'columns': return <ColumnsSettings {...props} onRatio={onRatio} />;
      case 'social': return <SocialSettings {...props} />;
      case 'html': return <HtmlSettings {...props} />;
      default: return null;
    }
  };
  const kind = kindOf(block);
  return (
    <Stack gap="sm">
      {own()}
      {kind !== 'other' && kind !== 'spacer' && <RoomSettings {...props} hasAlign={kind !== 'columns' && kind !== 'html'} />}
    </Stack>
  );
}

function HeadingSettings({ block, change }: SettingsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Input.Wrapper size="xs" label={t('composer.set.level')} labelElement="div">
        <SegmentedControl
          size="xs" fullWidth aria-label={t('composer.set.level')} data={['1', '2', '3']}
          value={String(numberOf(block, 'level', 2))} onChange={(level) => change({ level: Number(level) })}
        />
      </Input.Wrapper>
      <Colour label={t('composer.set.colour')} value={block.color} onChange={(color) => change({ color })} />
    </>
  );
}

export function AddressInput({ label, value, onChange }: { label: string; value: string; onChange: (href: string) => void }) {
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <TextInput flex={1} size="xs" label={label} placeholder="https://" dir="ltr" value={value} onChange={(event) => onChange(event.currentTarget.value)} />
      <MergeTagMenu of={label} hasLinks onInsert={({ text, link }) => onChange(link ? text : value + text)} />
    </Group>
  );
}

function ButtonSettings({ block, look, change }: SettingsProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput size="xs" label={t('composer.set.label')} dir="auto" value={textOf(block, 'label')} onChange={(event) => change({ label: event.currentTarget.value })} />
      <AddressInput label={t('composer.set.href')} value={textOf(block, 'href')} onChange={(href) => change({ href })} />
      <Colour label={t('composer.set.back')} value={block.color} usual={look.accent} onChange={(color) => change({ color })} />
      <Colour label={t('composer.set.colour')} value={block.text_color} onChange={(text_color) => change({ text_color })} />
      <Switch size="xs" label={t('composer.set.full')} checked={block.full === true} onChange={(event) => change({ full: event.currentTarget.checked })} />
    </>
  );
}

function DividerSettings({ block, look, change }: SettingsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Colour label={t('composer.set.colour')} value={block.color} usual={look.accent} onChange={(color) => change({ color })} />
      <Amount label={t('composer.set.thickness')} min={1} max={8} suffix=" px" value={numberOf(block, 'thickness', 1)} onChange={(thickness) => change({ thickness })} />
      <Amount label={t('composer.set.width')} min={10} max={100} suffix=" %" value={numberOf(block, 'width', 100)} onChange={(width) => change({ width })} />
    </>
  );
}

function SpacerSettings({ block, change }: SettingsProps) {
  const { t } = useTranslation();
  return <Amount label={t('composer.set.height')} min={4} max={120} suffix=" px" value={numberOf(block, 'height', 24)} onChange={(height) => change({ height })} />;
}

function ColumnsSettings({ block, change, onRatio }: SettingsProps & { onRatio: (ratio: string) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Select
        size="xs" label={t('composer.set.ratio')} allowDeselect={false} data={ratios.map((value) => ({ value, label: value.replaceAll(':', ' : ') }))}
        value={textOf(block, 'ratio') || '1:1'} onChange={(ratio) => ratio && onRatio(ratio)}
      />
      <Switch size="xs" label={t('composer.set.stack')} checked={block.stack !== false} onChange={(event) => change({ stack: event.currentTarget.checked })} />
    </>
  );
}

function SocialSettings({ block, change }: SettingsProps) {
  const { t } = useTranslation();
  const links = linksOf(block);
  const put = (at: number, one: object) => change({ links: links.map((link, i) => (i === at ? { ...link, ...one } : link)) });
  return (
    <>
      {links.map((link, i) => (
        <Group key={i} gap="xs" align="flex-end" wrap="nowrap" role="group" aria-label={t('composer.social.link', { n: i + 1 })}>
          <Autocomplete size="xs" flex={1} label={t('composer.social.network')} data={networks} value={link.network} onChange={(network) => put(i, { network })} />
          <TextInput size="xs" flex={1} label={t('composer.text.address')} dir="ltr" placeholder="https://" value={link.href} onChange={(event) => put(i, { href: event.currentTarget.value })} />
          <ActionIcon variant="subtle" aria-label={t('composer.social.remove', { n: i + 1 })} onClick={() => change({ links: links.filter((_one, at) => at !== i) })}>
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <Button size="xs" variant="default" onClick={() => change({ links: [...links, { network: '', href: '' }] })}>{t('composer.social.add')}</Button>
      <Amount label={t('composer.set.size')} min={12} max={32} suffix=" px" value={numberOf(block, 'size', 16)} onChange={(size) => change({ size })} />
    </>
  );
}

function HtmlSettings({ block, change }: SettingsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Textarea
        label={t('composer.block.html')} dir="ltr" autosize minRows={6} maxRows={16} spellCheck={false} styles={{ input: { fontFamily: 'monospace', fontSize: 12 } }}
        value={textOf(block, 'html')} onChange={(event) => change({ html: event.currentTarget.value })}
      />
      <Text size="xs" c="dimmed">{t('composer.block.htmlAbout')}</Text>
    </>
  );
}

/** Where it stands, and how much room is around it. */
function RoomSettings({ block, look, change, hasAlign }: SettingsProps & { hasAlign: boolean }) {
  const { t } = useTranslation();
  const padding = (typeof block.padding === 'object' && block.padding !== null ? block.padding : {}) as { top?: number; bottom?: number };
  const half = Math.round(look.spacing / 2);
  return (
    <>
      {hasAlign && (
        <Input.Wrapper size="xs" label={t('composer.set.align')} labelElement="div">
          <SegmentedControl
            size="xs" fullWidth aria-label={t('composer.set.align')} data={aligns.map((value) => ({ value, label: t(`composer.set.aligns.${value}`) }))}
            value={textOf(block, 'align') || (kindOf(block) === 'footer' || kindOf(block) === 'social' ? 'center' : 'start')}
            onChange={(align) => change({ align })}
          />
        </Input.Wrapper>
      )}
      <Colour label={t('composer.set.background')} value={block.background} onChange={(background) => change({ background })} />
      <Group gap="xs" grow>
        <Amount label={t('composer.set.top')} min={0} max={96} suffix=" px" value={padding.top ?? half} onChange={(top) => change({ padding: { ...padding, top } })} />
        <Amount label={t('composer.set.bottom')} min={0} max={96} suffix=" px" value={padding.bottom ?? half} onChange={(bottom) => change({ padding: { ...padding, bottom } })} />
      </Group>
    </>
  );
}
