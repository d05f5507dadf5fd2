import { Page } from '../../parts/page.tsx';
import { t } from '../../texts/index.ts';

export function OverviewPage() {
  return <Page title={t('nav.overview')}>{null}</Page>;
}
