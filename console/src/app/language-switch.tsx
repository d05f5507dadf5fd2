import { SegmentedControl } from '@mantine/core';
import { t } from '../texts/index.ts';
import { language, languageTag, setLanguage } from './language.ts';

/** Each language in its own words. */
export function LanguageSwitch() {
  return (
    <SegmentedControl
      fullWidth
      size="xs"
      aria-label={t('language')}
      value={language()}
      onChange={(value) => setLanguage(value)}
      data={[
        { value: 'en', label: <span lang={languageTag('en')}>English</span> },
        { value: 'zh', label: <span lang={languageTag('zh')}>中文</span> },
      ]}
    />
  );
}
