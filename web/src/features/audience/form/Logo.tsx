/** The picture at the head of the form and of the pages around it. */
import { Button, FileButton, Group, Image, Stack, Text, TextInput } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { localPicture } from '../../composer/blocks/members.ts';
import { useUploadImage } from '../../composer/queries.ts';

const TAKEN = 'image/png,image/jpeg,image/gif,image/webp';

interface Props {
  src: string;
  alt: string;
  onSrc: (src: string) => void;
  onAlt: (alt: string) => void;
}

export function Logo({ src, alt, onSrc, onAlt }: Props) {
  const { t } = useTranslation();
  const upload = useUploadImage();
  const give = (file: File | null) => {
    if (file) upload.mutate({ file, onProgress: () => undefined }, { onSuccess: ({ url }) => onSrc(url) });
  };
  return (
    <Stack gap="xs">
      <div>
        <Text size="sm" fw={500}>{t('audience.logo')}</Text>
        <Text size="xs" c="dimmed">{t('audience.logoAbout')}</Text>
      </div>
      {src && <Image src={localPicture(src)} alt={alt} h={64} w="auto" maw="100%" fit="contain" />}
      <Group gap="xs">
        <FileButton accept={TAKEN} onChange={give} inputProps={{ 'aria-label': t('composer.image.file') }}>
          {(props) => <Button {...props} size="xs" variant="default" leftSection={<IconUpload size={14} aria-hidden />} loading={upload.isPending}>{t('composer.image.upload')}</Button>}
        </FileButton>
        {src && <Button size="xs" variant="subtle" onClick={() => onSrc('')}>{t('audience.logoRemove')}</Button>}
      </Group>
      <ProblemAlert error={upload.error} title={t('composer.image.failed')} />
      {src && <TextInput label={t('audience.logoAlt')} dir="auto" value={alt} onChange={(event) => onAlt(event.currentTarget.value)} />}
    </Stack>
  );
}
