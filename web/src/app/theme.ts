/** How all of it looks: calm, one accent, small type. See design notes in web/README.md. */
import {
  Button, createTheme, Input, Modal, NavLink, Paper, SegmentedControl, Table, TextInput, type CSSVariablesResolver, type MantineColorsTuple,
} from '@mantine/core';

const accent: MantineColorsTuple = [
  '#e7f3fb', '#d2e4f3', '#a6c8e4', '#77aad5', '#5090c8', '#3680c0', '#2677bd', '#1766a7', '#0a5a96', '#004e85',
];

export const theme = createTheme({
  colors: { accent },
  primaryColor: 'accent',
  primaryShade: { light: 8, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", sans-serif',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '20px' }, h2: { fontSize: '16px' }, h3: { fontSize: '14px' } },
  },
  respectReducedMotion: true,
  components: {
    // words that have no room in a line take two, and are never cut
    Button: Button.extend({
      defaultProps: { size: 'sm' },
      styles: { root: { height: 'auto', minHeight: 'var(--button-height)', paddingBlock: 3 }, inner: { minHeight: 'calc(var(--button-height) - 8px)' }, label: { whiteSpace: 'normal', lineHeight: 1.2 } },
    }),
    SegmentedControl: SegmentedControl.extend({ styles: { root: { maxWidth: '100%' }, control: { flex: '1 1 auto' }, label: { whiteSpace: 'normal', lineHeight: 1.2 } } }),
    TextInput: TextInput.extend({ defaultProps: { size: 'sm' } }),
    Paper: Paper.extend({ defaultProps: { withBorder: true, p: 'md' } }),
    Table: Table.extend({ defaultProps: { fz: 13, verticalSpacing: 6 } }),
    InputWrapper: Input.Wrapper.extend({
      styles: { description: { fontSize: 'var(--mantine-font-size-xs)' }, error: { fontSize: 'var(--mantine-font-size-xs)' } },
    }),
    Modal: Modal.extend({
      // its <header> is no banner of the page
      defaultProps: { attributes: { header: { role: 'presentation' } }, centered: true, overlayProps: { backgroundOpacity: 0.4 } },
      // its head sticks above the padding of its Paper, where else what is scrolled would show
      styles: { title: { fontWeight: 600 }, header: { top: 'calc(-1 * var(--mantine-spacing-md))' } },
    }),
    NavLink: NavLink.extend({ styles: { root: { borderRadius: 'var(--mantine-radius-md)' } } }),
  },
});

/** Mantine's own greys and reds are too pale to be read by all (WCAG 1.4.3: 4.5 to 1). */
export const readable: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5c636a',
    '--mantine-color-placeholder': '#6b7278',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-green-light-color': '#1f6b2e',
    '--mantine-color-red-light-color': '#b02525',
    '--mantine-color-yellow-light-color': '#7a4a00',
  },
  dark: {
    '--mantine-color-dimmed': '#a6a6a6',
    '--mantine-color-placeholder': '#8f8f8f',
    '--mantine-color-error': '#ff8787',
  },
});
