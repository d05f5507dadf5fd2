import { type JsonObject, numberAt, objectAt, stringsOf, withValue } from '../base/json.ts';

/** `autoscaling/v1` Scale of a workload. */
export function readScale(object: JsonObject): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = stringsOf(objectAt(object, 'metadata'));
  const labels = stringsOf(objectAt(object, 'spec', 'selector', 'matchLabels'));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: numberAt(object, 'spec', 'replicas') ?? 0 },
    status: {
      replicas: numberAt(object, 'status', 'replicas') ?? 0,
      selector: Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(','),
    },
  };
}

/** The workload with the replicas of a Scale. */
export function writeScale(object: JsonObject, scale: JsonObject): JsonObject {
  return withValue(object, ['spec', 'replicas'], numberAt(scale, 'spec', 'replicas') ?? 0);
}
