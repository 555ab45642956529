/** The same mail for who sees no HTML: made from the blocks, or the author's own. */
import { Stack, Switch, Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface Props {
  made: string;
  /** null: it is made. */
  own: string | null;
  onChange: (own: string | null) => void;
}

export function PlainPart({ made, own, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <Stack maw={760}>
      <Switch label={t('composer.plain.own')} checked={own !== null} onChange={(event) => onChange(event.currentTarget.checked ? made : null)} />
      <Textarea
        label={t('composer.plain.text')} description={own === null ? t('composer.plain.made') : t('composer.plain.ownAbout')}
        dir="auto" autosize minRows={12} readOnly={own === null} value={own ?? made} onChange={(event) => onChange(event.currentTarget.value)}
      />
    </Stack>
  );
}
