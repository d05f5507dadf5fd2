import type { PlainTextId } from '../texts/index.ts';

export interface ClusterTab {
  readonly to: string;
  readonly text: PlainTextId;
}

/** The pages of one cluster. */
export const clusterTabs: readonly ClusterTab[] = [
  { to: '/clusters/$name', text: 'tab.overview' },
  { to: '/clusters/$name/components', text: 'tab.components' },
  { to: '/clusters/$name/objects', text: 'tab.objects' },
  { to: '/clusters/$name/events', text: 'tab.events' },
  { to: '/clusters/$name/repairs', text: 'tab.repairs' },
  { to: '/clusters/$name/history', text: 'tab.history' },
  { to: '/clusters/$name/file', text: 'tab.file' },
];
