import { Alert, Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { clusterPath, paths } from '../../../../src/contract/paths.ts';
import type { ClusterView, View } from '../../../../src/contract/views.ts';
import { request } from '../../data/api.ts';
import type { FieldChange } from '../../data/registration-changes.ts';
import { Ago } from '../../parts/ago.tsx';
import { t } from '../../texts/index.ts';
import { type ClusterDraft, draftOf } from './cluster-draft.ts';
import { rebased } from './draft-rebase.ts';
import { FieldChanges } from './field-changes.tsx';

export interface ConflictProps {
  readonly draft: ClusterDraft;
  /** What the form began with. */
  readonly before: ClusterView | undefined;
  /** What stands now. */
  readonly current: ClusterView | undefined;
  /** Between both. */
  readonly changes: readonly FieldChange[];
  /** Has the form begin with what stands now. @param draft what it then holds */
  readonly onBegin: (draft: ClusterDraft) => void;
}

/** What others have changed while the form was filled in, who it was, and what is to become of the form. */
export function Conflict({ draft, before, current, changes, onBegin }: ConflictProps) {
  if (before === undefined || current === undefined || changes.length === 0) return null;
  const [began, now] = [draftOf(before), draftOf(current)];
  return (
    <Alert role="alert" color="yellow" title={t('conflict.title')}>
      <LastCommit name={current.name} />
      <FieldChanges changes={changes} />
      <Text size="sm" my="xs">
        {t('conflict.about')}
      </Text>
      <Group gap="xs">
        <Button size="xs" onClick={() => onBegin(rebased(draft, began, now))}>
          {t('conflict.keep')}
        </Button>
        <Button size="xs" variant="default" onClick={() => onBegin(now)}>
          {t('conflict.discard')}
        </Button>
      </Group>
    </Alert>
  );
}

/** By whom and when the file was changed last. */
function LastCommit({ name }: { readonly name: string }) {
  const { data } = useQuery({
    queryKey: ['cluster', name, 'last-commit'],
    queryFn: ({ signal }) => request<View<'history'>>(`${clusterPath(paths.clusterHistory, name)}?limit=1`, { signal }),
    staleTime: 0,
  });
  const last = data?.items[0];
  if (last === undefined) return null;
  return (
    <Text size="sm" className="wrap">
      {last.author} · <Ago time={last.time} /> · {last.subject} <span className="mono">{last.commit.slice(0, 10)}</span>
    </Text>
  );
}
