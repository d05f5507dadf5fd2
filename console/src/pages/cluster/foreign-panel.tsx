import { Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ClusterView } from '../../../../src/contract/views.ts';
import { type Catalog, catalogQuery } from '../../data/cluster.ts';
import { chosenCategories, choicesSince, type ChosenSince } from '../../data/foreign-choices.ts';
import { useMayChange } from '../../data/session.ts';
import { Ago } from '../../parts/ago.tsx';
import { Panel } from '../../parts/panel.tsx';
import { t } from '../../texts/index.ts';
import { wireName } from '../register/cluster-draft.ts';
import classes from './cluster.module.css';

/** What is taken over from others on the cluster, what is left out, and since when; nothing where there is neither. */
export function ForeignPanel({ cluster }: { readonly cluster: ClusterView | null | undefined }) {
  const chosen = chosenCategories(cluster ?? undefined);
  const mayChange = useMayChange();
  if (!cluster || chosen.length === 0) return null;
  const { name } = cluster;
  const edit = mayChange && (
    <Link to="/clusters/$name/edit" params={{ name }} className="small">
      {t('action.edit')}
    </Link>
  );
  return (
    <Panel title={t('foreign.title')} aside={edit}>
      <Choices name={name} chosen={chosen} />
    </Panel>
  );
}

function Choices({ name, chosen }: { readonly name: string; readonly chosen: readonly ChosenSince[] }) {
  const { data: catalog } = useQuery(catalogQuery);
  const since = useQuery({
    queryKey: ['choices-since', name, chosen],
    queryFn: ({ signal }) => choicesSince(name, chosen, signal),
    staleTime: Number.POSITIVE_INFINITY, // an edit makes another key
  });
  return (
    <ul className={classes.log}>
      {(since.data ?? chosen).map((one) => (
        <li key={`${one.choice} ${one.category}`} className={classes.commit}>
          <Text size="sm" fw={600}>
            {t(`foreign.${one.choice}`, { category: nameOf(one, catalog) })}
          </Text>
          <Text size="xs" c="dimmed">
            {t(`choice.${one.choice}`)}
          </Text>
          {since.isPending ? <Skeleton height={12} width={180} mt={4} /> : <Since choice={one} />}
        </li>
      ))}
    </ul>
  );
}

function Since({ choice: { since } }: { readonly choice: ChosenSince }) {
  if (since === undefined) return null;
  return (
    <Text size="xs" c="dimmed" component="div">
      <Ago time={since.time} /> · {since.author} · <span className="mono">{since.commit.slice(0, 10)}</span>
    </Text>
  );
}

/** The component of the category by default, or the category where the catalogue has none. */
function nameOf({ category }: ChosenSince, catalog: Catalog | undefined): string {
  const component = catalog?.components.find((one) => one.default && wireName(one.category) === category);
  return component === undefined ? category : `${component.name} (${category})`;
}
