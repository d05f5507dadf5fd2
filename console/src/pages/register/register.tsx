import { SegmentedControl } from '@mantine/core';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { Page } from '../../parts/page.tsx';
import { t } from '../../texts/index.ts';
import { EMPTY_DRAFT } from './cluster-draft.ts';
import { ClusterForm } from './cluster-form.tsx';

/** Registers a cluster: by its kubeconfig, or, at an address of its own, a virtual one on a host. */
export function RegisterPage() {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const kind = /\/virtual\/?$/.test(pathname) ? 'virtual' : 'physical';
  const kinds = (
    <SegmentedControl
      aria-label={t('register.by')}
      value={kind}
      onChange={(value) => void navigate({ to: value === 'virtual' ? '/register/virtual' : '/register' })}
      data={(['physical', 'virtual'] as const).map((value) => ({ value, label: t(`register.${value}`) }))}
    />
  );
  return (
    <Page title={t('register.title')} actions={kinds}>
      <ClusterForm key={kind} initial={{ ...EMPTY_DRAFT, isVirtual: kind === 'virtual' }} />
    </Page>
  );
}
