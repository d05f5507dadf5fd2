import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const ocean: MantineColorsTuple = [
  '#e8f6f8',
  '#d2eaee',
  '#a5d4dd',
  '#74bcca',
  '#4aa5b7',
  '#2a8fa4',
  '#167d93',
  '#0b6a7f',
  '#07586a',
  '#034453',
];

const dark: MantineColorsTuple = [
  '#d5dbe1',
  '#b4bec8',
  '#97a3af',
  '#6d7985',
  '#46515c',
  '#343e48',
  '#232b33',
  '#171d23',
  '#10151a',
  '#0b0f13',
];

const FONTS = 'system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

export const theme = createTheme({
  primaryColor: 'ocean',
  primaryShade: { light: 7, dark: 6 },
  colors: { ocean, dark },
  defaultRadius: 'md',
  fontFamily: FONTS,
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", "Cascadia Code", "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  headings: {
    fontFamily: FONTS,
    fontWeight: '600',
    sizes: { h1: { fontSize: '22px', lineHeight: '1.3' }, h2: { fontSize: '15px', lineHeight: '1.4' } },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300, events: { hover: true, focus: true, touch: true } } },
    // The header of a dialog is no landmark of the page.
    Modal: {
      defaultProps: { attributes: { header: { role: 'none' } } },
      styles: { title: { fontSize: '16px', fontWeight: 600 } },
    },
    Skeleton: { defaultProps: { radius: 'sm' } },
  },
});

/** Texts in colour have a contrast of at least 4.5 on what is below them. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1c2730',
    '--mantine-color-dimmed': '#55626e',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-anchor': '#07586a',
    '--mantine-color-placeholder': '#6b7783',
    '--mantine-color-default-border': '#d8dfe5',
  },
  dark: {
    '--mantine-color-text': '#dfe5ea',
    '--mantine-color-dimmed': '#97a7b5',
    '--mantine-color-error': '#ff8f87',
    '--mantine-color-anchor': '#74bcca',
    '--mantine-color-placeholder': '#8593a0',
    '--mantine-color-default-border': '#313b45',
  },
});
