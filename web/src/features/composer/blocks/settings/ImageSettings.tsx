/** A picture: given from a file, or one that was given before. */
import { Button, FileButton, Group, Image, Progress, SimpleGrid, Switch, Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../../../ui/Dialog.tsx';
import { ProblemAlert } from '../../../../ui/ProblemAlert.tsx';
import { useImages, useUploadImage, type Image as StoredImage } from '../../queries.ts';
import { localPicture, numberOf, textOf } from '../members.ts';
import { AddressInput, type SettingsProps } from './BlockSettings.tsx';
import { Amount } from './fields.tsx';

const TAKEN = 'image/png,image/jpeg,image/gif,image/webp';

export function ImageSettings({ block, change }: SettingsProps) {
  const { t } = useTranslation();
  const upload = useUploadImage();
  const [part, setPart] = useState<number | null>(null);
  const [isChoosing, setChoosing] = useState(false);
  const give = (file: File | null) => {
    if (!file) return;
    setPart(0);
    // also if another block is selected by then, and this is gone; what fails is told by `upload`
    upload.mutateAsync({ file, onProgress: setPart }).then(({ url }) => change({ src: url }), () => null).finally(() => setPart(null));
  };
  return (
    <>
      <Group gap="xs">
        <FileButton accept={TAKEN} onChange={give} inputProps={{ 'aria-label': t('composer.image.file') }}>
          {(props) => (
            <Button {...props} size="xs" leftSection={<IconUpload size={14} aria-hidden />} loading={upload.isPending}>{t('composer.image.upload')}</Button>
          )}
        </FileButton>
        <Button size="xs" variant="default" onClick={() => setChoosing(true)}>{t('composer.image.choose')}</Button>
      </Group>
      {part !== null && <Progress value={part * 100} aria-label={t('composer.image.uploading')} />}
      <ProblemAlert error={upload.error} title={t('composer.image.failed')} />
      <TextInput
        size="xs" label={t('composer.image.alt')} description={t('composer.image.altAbout')} dir="auto"
        value={textOf(block, 'alt')} onChange={(event) => change({ alt: event.currentTarget.value })}
      />
      <TextInput size="xs" label={t('composer.image.src')} dir="ltr" placeholder="https://" value={textOf(block, 'src')} onChange={(event) => change({ src: event.currentTarget.value })} />
      <AddressInput label={t('composer.image.href')} value={textOf(block, 'href')} onChange={(href) => change({ href: href || undefined })} />
      <Amount label={t('composer.set.width')} min={10} max={100} suffix=" %" value={numberOf(block, 'width', 100)} onChange={(width) => change({ width })} />
      <Switch size="xs" label={t('composer.image.full')} checked={block.full === true} onChange={(event) => change({ full: event.currentTarget.checked || undefined })} />
      {isChoosing && (
        <Library
          onClose={() => setChoosing(false)}
          onChoose={({ url }) => {
            change({ src: url });
            setChoosing(false);
          }}
        />
      )}
    </>
  );
}

function Library({ onChoose, onClose }: { onChoose: (image: StoredImage) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [q, setQ] = useState('');
  const found = useImages(q.trim());
  return (
    <Dialog title={t('composer.image.choose')} size="lg" onClose={onClose}>
      <TextInput mb="sm" label={t('composer.image.search')} data-autofocus value={q} onChange={(event) => setQ(event.currentTarget.value)} />
      <ProblemAlert error={found.error} />
      {found.data?.length === 0 && <Text size="sm" c="dimmed">{t('composer.image.nothing')}</Text>}
      <SimpleGrid cols={{ base: 2, sm: 3 }} spacing="sm">
        {found.data?.map((image) => (
          <UnstyledButton key={image.id} onClick={() => onChoose(image)}>
            <Image src={localPicture(image.url)} alt="" h={110} fit="contain" bg="gray.1" radius="sm" />
            <Text size="xs" truncate dir="auto">{image.name || `${image.width} × ${image.height}`}</Text>
          </UnstyledButton>
        ))}
      </SimpleGrid>
    </Dialog>
  );
}
