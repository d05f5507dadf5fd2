import {
  IconActivity,
  IconCirclePlus,
  IconHeartRateMonitor,
  IconLayoutDashboard,
  IconPackages,
  IconReceipt,
  IconServer2,
  type IconProps,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { PlainTextId } from '../texts/index.ts';

export interface Destination {
  readonly to: string;
  readonly text: PlainTextId;
  readonly icon: ComponentType<IconProps>;
  /** After `g`. */
  readonly key: string;
}

/** The pages that there are. */
export const destinations: readonly Destination[] = [
  { to: '/', text: 'nav.overview', icon: IconLayoutDashboard, key: 'o' },
  { to: '/clusters', text: 'nav.clusters', icon: IconServer2, key: 'c' },
  { to: '/register', text: 'nav.register', icon: IconCirclePlus, key: 'r' },
  { to: '/components', text: 'nav.components', icon: IconPackages, key: 'p' },
  { to: '/events', text: 'nav.events', icon: IconActivity, key: 'e' },
  { to: '/receipts', text: 'nav.receipts', icon: IconReceipt, key: 'd' },
  { to: '/server', text: 'nav.server', icon: IconHeartRateMonitor, key: 's' },
];
