import { useRouter } from '@tanstack/react-router';
import type { MouseEvent } from 'react';

interface ClusterLinkProps {
  readonly name: string;
  readonly className: string | undefined;
  readonly tabIndex: number;
}

/**
 * A link to a cluster, for lists of thousands that scroll: it does not follow the state of the router, which takes longer
 * than the rest of a row.
 */
export function ClusterLink({ name, className, tabIndex }: ClusterLinkProps) {
  const router = useRouter();
  const target = { to: '/clusters/$name', params: { name } } as const;
  const open = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void router.navigate(target);
  };
  return (
    <a
      href={`${router.basepath}/clusters/${encodeURIComponent(name)}`}
      className={className}
      tabIndex={tabIndex}
      title={name}
      onClick={open}
      onPointerEnter={() => void router.preloadRoute(target).catch(() => {})}
    >
      {name}
    </a>
  );
}
