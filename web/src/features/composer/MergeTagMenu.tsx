/** Puts a word about the reader into a text, with what is said instead where nothing is known. */
import { Button, Popover, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { insideWindow, roomForOptions } from '../../ui/insideWindow.ts';
import { ADDRESS_TAG, commonTags, isLinkTag, linkTags, tagText } from './mergeTags.ts';
import { useMergeFields } from './queries.ts';
import { useTagName } from './useTagName.ts';

export interface Inserted {
  tag: string;
  text: string;
  /** It is an address; these are words for it. */
  link?: string;
}

const FIRST = 'FNAME';

interface Props {
  /** The field that it goes into. */
  of: string;
  /** Addresses make sense there. */
  hasLinks?: boolean;
  onInsert: (what: Inserted) => void;
}

export function MergeTagMenu({ of, hasLinks = false, onInsert }: Props) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover opened={isOpen} onChange={setOpen} trapFocus returnFocus position="bottom-end" width={280} withinPortal>
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconBraces size={14} aria-hidden />}
          aria-label={t('composer.tag.into', { field: of })}
          onClick={() => setOpen(!isOpen)}
        >
          {t('composer.tag.open')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Choice
          hasLinks={hasLinks}
          onInsert={(what) => {
            if (!isOpen) return; // the second of a double click
            setOpen(false);
            onInsert(what);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

function Choice({ hasLinks, onInsert }: Pick<Props, 'hasLinks' | 'onInsert'>) {
  const { t } = useTranslation();
  const fields = useMergeFields();
  const nameOf = useTagName();
  const itemsOf = (tags: readonly string[]) => tags.map((value) => ({ value, label: nameOf(value) }));
  const [tag, setTag] = useState<string | null>(FIRST);
  const [fallback, setFallback] = useState('');
  // until the audience was asked, that which each has
  const known = fields.data?.length ? fields.data.map((field) => field.tag) : [FIRST];
  const isField = tag !== null && known.includes(tag);
  const data = [
    { group: t('composer.tag.fields'), items: itemsOf([...known, ADDRESS_TAG]) },
    { group: t('composer.tag.common'), items: itemsOf(commonTags) },
    ...(hasLinks ? [{ group: t('composer.tag.links'), items: itemsOf(linkTags) }] : []),
  ];
  const insert = () => {
    if (!tag) return;
    onInsert({ tag, text: tagText(tag, isField ? fallback : ''), link: isLinkTag(tag) ? t(`composer.tag.words.${tag}`) : undefined });
  };
  return (
    <Stack gap="xs">
      <Select
        data-autofocus
        openOnFocus={false}
        label={t('composer.tag.which')}
        searchable
        comboboxProps={insideWindow}
        styles={roomForOptions}
        withScrollArea={false}
        data={data}
        value={tag}
        onChange={setTag}
      />
      {isField && (
        <TextInput
          label={t('composer.tag.fallback')}
          description={t('composer.tag.fallbackAbout')}
          dir="auto"
          value={fallback}
          onChange={(event) => setFallback(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && insert()}
        />
      )}
      {tag && <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: 'anywhere' }}>{tagText(tag, isField ? fallback : '')}</Text>}
      <Button size="xs" disabled={!tag} onClick={insert}>{t('composer.tag.insert')}</Button>
    </Stack>
  );
}
