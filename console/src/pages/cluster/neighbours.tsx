import { ActionIcon, Tooltip } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { Link, useMatches, useNavigate } from '@tanstack/react-router';
import { type ComponentType, useEffect, useMemo } from 'react';
import { clusterTabs } from '../../app/cluster-tabs.ts';
import { onLooseKey } from '../../app/loose-keys.ts';
import { useFleet } from '../../data/fleet.ts';
import { lastList } from '../../data/last-list.ts';
import { neighboursOf } from '../../data/list-order.ts';
import { useThrottled } from '../../data/use-throttled.ts';
import { useNow } from '../../parts/now.ts';
import { count } from '../../parts/time.ts';
import { t } from '../../texts/index.ts';
import classes from './cluster.module.css';

const ORDER_INTERVAL = 1000;

/** The way to the clusters before and after this one, in the list as it was last filtered and sorted. */
export function Neighbours({ name }: { readonly name: string }) {
  const { rows } = useFleet();
  const settled = useThrottled(rows, ORDER_INTERVAL);
  const now = useNow(60_000);
  const place = useMemo(() => settled && neighboursOf(settled, lastList(), name, now), [settled, name, now]);
  const path = useMatches({ select: (matches) => matches.at(-1)?.fullPath });
  const to = clusterTabs.find((tab) => tab.to === path?.replace(/\/$/, ''))?.to ?? '/clusters/$name';
  const navigate = useNavigate();
  useEffect(() =>
    onLooseKey(['ArrowLeft', 'ArrowRight'], ({ key }) => {
      const other = key === 'ArrowLeft' ? place?.previous : place?.next;
      if (other !== undefined) void navigate({ to, params: { name: other } });
    }),
  );
  if (place === undefined || place.total < 2) return null;
  return (
    <nav className={classes.neighbours} aria-label={t('neighbours.label')}>
      <Neighbour to={to} name={place.previous} text="neighbours.previous" icon={IconChevronLeft} />
      <Link to="/clusters" search={lastList()} className="dim" title={t('neighbours.back')}>
        {t('neighbours.place', { position: count(place.position), total: count(place.total) })}
      </Link>
      <Neighbour to={to} name={place.next} text="neighbours.next" icon={IconChevronRight} />
    </nav>
  );
}

interface NeighbourProps {
  readonly to: string;
  readonly name: string | undefined;
  readonly text: 'neighbours.previous' | 'neighbours.next';
  readonly icon: ComponentType<{ readonly size: number; readonly 'aria-hidden': true }>;
}

function Neighbour({ to, name, text, icon: Icon }: NeighbourProps) {
  if (name === undefined) return <span className={classes.noNeighbour} />;
  const label = t(text, { name });
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={30}
        aria-label={label}
        renderRoot={(props: object) => <Link {...props} to={to} params={{ name }} />}
      >
        <Icon size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
