import type { FleetRowView } from '../../../../src/contract/views.ts';
import { bestMatches, type Findable } from '../../data/best-matches.ts';
import { type ClusterCommand, type CommandTarget, commandTarget } from '../../data/cluster-command.ts';
import { needsPerson } from '../../data/fleet-view.ts';
import { t } from '../../texts/index.ts';
import { clusterTabs } from '../cluster-tabs.ts';
import { destinations } from '../destinations.ts';

export type PaletteGroup = 'clusters' | 'actions' | 'pages';

/** What the palette finds. */
export interface PaletteItem extends Findable {
  readonly id: string;
  readonly group: PaletteGroup;
  /** A phase, or the keys that do the same. */
  readonly phase?: string;
  readonly keys?: string;
  readonly isDisabled?: boolean;
  readonly run: () => void;
}

export interface PaletteContext {
  readonly rows: readonly FleetRowView[];
  readonly mayChange: boolean;
  /** Opens a page of the console, or one of a cluster. */
  readonly go: (to: string, params?: { readonly name: string }) => void;
  readonly onHelp: () => void;
}

/** Items of each group that are shown at most. */
const SHOWN: Readonly<Record<PaletteGroup, number>> = { clusters: 8, actions: 12, pages: 8 };

/** What fits the words, group by group. Without words: the clusters that need a person, and everything else. */
export function paletteItems(
  context: PaletteContext,
  query: string,
): ReadonlyMap<PaletteGroup, readonly PaletteItem[]> {
  const target = commandTarget();
  const clusters = clusterItems(context, query);
  const actions = target === undefined ? [] : actionItems(target, context);
  const groups = [
    ['actions', bestMatches(actions, query, SHOWN.actions)],
    ['clusters', clusters],
    ['pages', bestMatches(pageItems(context), query, SHOWN.pages)],
  ] as const;
  const ordered = query.trim() === '' ? groups : [groups[1], groups[0], groups[2]];
  return new Map(ordered.filter(([, items]) => items.length > 0));
}

function clusterItems({ rows, go }: PaletteContext, query: string): readonly PaletteItem[] {
  const offered = query.trim() === '' ? rows.filter(needsPerson) : rows;
  const findable = offered.map((row) => ({ row, text: row.name, words: `${row.api_server} ${row.host_cluster}` }));
  return bestMatches(findable, query, SHOWN.clusters).map(({ row, text }) => ({
    id: `cluster ${text}`,
    group: 'clusters',
    text,
    phase: row.paused === undefined ? row.phase : 'Paused',
    run: () => go('/clusters/$name', { name: text }),
  }));
}

function pageItems({ go, onHelp }: PaletteContext): readonly PaletteItem[] {
  const pages = destinations.map(({ to, text, key }): PaletteItem => {
    return { id: `page ${to}`, group: 'pages', text: t(text), keys: `g ${key}`, run: () => go(to) };
  });
  return [...pages, { id: 'keys', group: 'pages', text: t('keys.title'), keys: '?', run: onHelp }];
}

function actionItems(target: CommandTarget, { go, mayChange }: PaletteContext): readonly PaletteItem[] {
  const { name, isPaused, isBeingRemoved } = target;
  const params = { name };
  const action = (id: string, text: string, run: () => void, isChange = true): PaletteItem => {
    const isDisabled = isChange && !mayChange;
    return { id: `action ${id}`, group: 'actions', text, words: name, isDisabled, run };
  };
  const command = (id: ClusterCommand, text: string): PaletteItem => action(id, text, () => target.run(id));
  const changes = [
    command('rotate', t('credential.new')),
    isPaused ? command('resume', t('action.resume')) : command('pause', t('action.pause')),
    action('edit', t('action.edit'), () => go('/clusters/$name/edit', params)),
    action('delete', t('action.delete'), () => go('/clusters/$name/delete', params)),
  ];
  return [
    command('sync', t('action.sync')),
    ...(isBeingRemoved ? [] : changes),
    ...clusterTabs.map(({ to, text }) => action(to, t(text), () => go(to, params), false)),
  ];
}
