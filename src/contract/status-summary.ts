import type { StatusSummaryView, StatusView } from './views.ts';

/** A status in the short form of lists. */
export function statusSummary(
  status: Pick<
    StatusView,
    | 'name'
    | 'phase'
    | 'conditions'
    | 'components'
    | 'credential'
    | 'kubernetes'
    | 'lastCheckedAt'
    | 'paused'
    | 'registeredAt'
    | 'published'
  >,
): StatusSummaryView {
  const { name, phase, conditions, components, credential, kubernetes, paused } = status;
  const ready = conditions.find(({ type }) => type === 'Ready');
  return {
    name,
    phase,
    reason: ready?.reason ?? '',
    message: ready?.message ?? '',
    ...(ready?.messageId === undefined ? {} : { messageId: ready.messageId }),
    ...(ready?.params === undefined ? {} : { params: ready.params }),
    ...(ready === undefined || ready.remedy === '' ? {} : { remedy: ready.remedy }),
    ...(ready?.action === undefined ? {} : { action: ready.action }),
    kubernetes_version: kubernetes.version,
    components: { total: components.length, ready: components.filter((one) => one.phase === 'Ready').length },
    ...publishedOf(status),
    ...(paused === undefined ? {} : { paused }),
    ...sinceOf(ready),
    ...timesOf(status),
    credential_expires_at: credential.expiresAt,
  };
}

function sinceOf(ready: StatusView['conditions'][number] | undefined): Pick<StatusSummaryView, 'since'> {
  return ready === undefined ? {} : { since: ready.lastTransitionTime };
}

function timesOf({
  lastCheckedAt,
  registeredAt,
}: Pick<StatusView, 'lastCheckedAt' | 'registeredAt'>): Pick<StatusSummaryView, 'last_checked_at' | 'registered_at'> {
  return {
    ...(lastCheckedAt === undefined ? {} : { last_checked_at: lastCheckedAt }),
    ...(registeredAt === undefined ? {} : { registered_at: registeredAt }),
  };
}

/** The publications that are as they should be. */
function publishedOf({ published = [] }: Pick<StatusView, 'published'>): Pick<StatusSummaryView, 'published'> {
  const names = published.filter(({ reason }) => reason === 'Published').map(({ name }) => name);
  return names.length === 0 ? {} : { published: names };
}
