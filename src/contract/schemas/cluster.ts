import { Type } from 'typebox';
import { clusterKind } from '../../resources/cluster/cluster-kind.ts';
import { componentSchema } from '../../resources/cluster/components-field.ts';
import { replySchema, saveSchema } from '../kind-schemas.ts';

/** What a component of a save is, under its name in the API description. */
export const Component = Type.Unsafe<object>(componentSchema);

/**
 * The save body as the API description shows it and as the decoder reads it. Property names are the wire's (snake
 * case); the decoder takes each also in camel case, as versions up to 0.3.0 did. Deprecated properties are spellings of
 * older versions.
 */
export const SaveClusterBody = saveSchema(clusterKind, { id: 'SaveClusterBody' });

export const ClusterReply = replySchema(clusterKind, {
  id: 'Cluster',
  description: 'A cluster as version 0.4 of the original answers it: every field is there.',
});
