import { SegmentedControl } from '@mantine/core';
import { useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { Page } from '../../parts/page.tsx';
import { t } from '../../texts/index.ts';
import { EMPTY_DRAFT } from './cluster-draft.ts';
import { ClusterForm } from './cluster-form.tsx';

/** Registers a cluster: by its kubeconfig, or a virtual one on a host, with which `/register/virtual` begins. */
export function RegisterPage() {
  const { pathname } = useLocation();
  const [kind, setKind] = useState(() => (/\/virtual\/?$/.test(pathname) ? 'virtual' : 'physical'));
  const kinds = (
    <SegmentedControl
      aria-label={t('register.by')}
      value={kind}
      onChange={(value) => setKind(value)}
      data={(['physical', 'virtual'] as const).map((value) => ({ value, label: t(`register.${value}`) }))}
    />
  );
  return (
    <Page title={t('register.title')} actions={kinds}>
      <ClusterForm key={kind} initial={{ ...EMPTY_DRAFT, isVirtual: kind === 'virtual' }} />
    </Page>
  );
}
