/** One block as the mail shows it, near enough; texts are written right there. */
import { IconPhoto } from '@tabler/icons-react';
import type { CSSProperties, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './Blocks.module.css';
import { isColour, readableOn, type Look } from './look.ts';
import { linksOf, localPicture, numberOf, textOf } from './members.ts';
import { RichText } from './RichText.tsx';
import { kindOf } from './kinds.ts';
import type { Block, Node } from './tree.ts';
import { inNames } from '../mergeTags.ts';
import { useTagName } from '../useTagName.ts';

interface Props {
  node: Node;
  look: Look;
  isSelected: boolean;
  /** How it is called for who does not see it. */
  name: string;
  onChange: (change: Partial<Block>) => void;
  /** What stands in its columns. */
  children?: ReactNode;
}

const headings: Record<number, number> = { 1: 28, 2: 22, 3: 18 };
const shares: Record<string, string> = { '1:1': '1fr 1fr', '1:2': '1fr 2fr', '2:1': '2fr 1fr', '1:1:1': '1fr 1fr 1fr', '1:1:1:1': '1fr 1fr 1fr 1fr' };
const sides: Record<string, CSSProperties> = { center: { marginInline: 'auto' }, end: { marginInlineStart: 'auto' } };

export function BlockView({ node, look, isSelected, name, onChange, children }: Props) {
  const { t } = useTranslation();
  const nameOf = useTagName();
  const { block } = node;
  const colour = (member: string, otherwise: string) => (isColour(block[member]) ? block[member] : otherwise);
  const writing = { label: name, isSelected };
  switch (kindOf(block)) {
    case 'heading': {
      const level = numberOf(block, 'level', 2);
      return (
        <div style={{ fontSize: headings[level] ?? 22, fontWeight: 700, lineHeight: 1.25, color: isColour(block.color) ? block.color : undefined }}>
          <RichText {...writing} isLine html={textOf(block, 'text')} placeholder={t('composer.block.heading')} onChange={(text) => onChange({ text })} />
        </div>
      );
    }
    case 'text':
      return (
        <div style={{ fontSize: 16, lineHeight: 1.55 }}>
          <RichText {...writing} html={textOf(block, 'html')} placeholder={t('composer.text.write')} onChange={(html) => onChange({ html })} />
        </div>
      );
    case 'footer':
      return (
        <div style={{ fontSize: 13, lineHeight: 1.5, textAlign: block.align ? undefined : 'center' }}>
          <RichText {...writing} html={textOf(block, 'html')} placeholder={t('composer.text.write')} onChange={(html) => onChange({ html })} />
        </div>
      );
    case 'image':
      return <Picture block={block} look={look} />;
    case 'button': {
      const back = colour('color', look.accent);
      return (
        <span
          style={{
            display: block.full === true ? 'block' : 'inline-block', textAlign: 'center', padding: '12px 24px', borderRadius: look.radius,
            background: back, color: colour('text_color', readableOn(back)), fontWeight: 600, fontSize: 16,
          }}
          dir="auto"
        >
          {inNames(textOf(block, 'label'), nameOf) || t('composer.block.button')}
        </span>
      );
    }
    case 'divider':
      return (
        <div
          style={{
            width: `${numberOf(block, 'width', 100)}%`, ...sides[textOf(block, 'align')],
            borderTop: `${numberOf(block, 'thickness', 1)}px solid ${colour('color', look.accent)}`,
          }}
        />
      );
    case 'spacer':
      return <div style={{ height: numberOf(block, 'height', 24) }} />;
    case 'columns':
      return <div className={styles.columns} style={{ gridTemplateColumns: shares[textOf(block, 'ratio')] ?? '1fr 1fr' }}>{children}</div>;
    case 'social':
      return <Social block={block} look={look} />;
    case 'html':
      return textOf(block, 'html') ? <pre className={styles.code} dir="ltr">{textOf(block, 'html')}</pre> : <div className={styles.blank}>{t('composer.block.htmlEmpty')}</div>;
    default:
      return <div className={styles.blank}>{t('composer.block.otherAbout', { type: String(block.type ?? '') })}</div>;
  }
}

function Picture({ block, look }: { block: Block; look: Look }) {
  const { t } = useTranslation();
  const src = textOf(block, 'src');
  const alt = textOf(block, 'alt');
  const here = src && localPicture(src);
  const side = { width: `${numberOf(block, 'width', 100)}%`, ...sides[textOf(block, 'align')] };
  if (here) return <img className={styles.picture} src={here} alt={alt} style={{ ...side, borderRadius: block.full === true ? 0 : look.radius }} />;
  return (
    <div className={styles.blank} style={side}>
      <IconPhoto size={24} aria-hidden />
      <span dir="auto">{alt || (src ? t('composer.image.elsewhere') : t('composer.image.none'))}</span>
    </div>
  );
}

function Social({ block, look }: { block: Block; look: Look }) {
  const { t } = useTranslation();
  const links = linksOf(block);
  if (links.length === 0) return <div className={styles.blank}>{t('composer.social.none')}</div>;
  return (
    <div style={{ fontSize: numberOf(block, 'size', 16), color: look.link, textAlign: block.align ? undefined : 'center' }} dir="auto">
      {links.map(({ network }) => network).join(' · ')}
    </div>
  );
}
