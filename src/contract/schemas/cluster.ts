import { Type } from 'typebox';
import { clusterKind } from '../../resources/cluster/cluster-kind.ts';
import { componentSchema } from '../../resources/cluster/components-field.ts';
import { replySchema, saveSchema } from '../kind-schemas.ts';

/** A component of a save, by its name in the API description. */
export const Component = Type.Unsafe<object>(componentSchema);

/**
 * The save body for the API description and the decoder. Property names are the wire's (snake
 * case); the decoder also accepts camel case, as versions up to 0.3.0 did. Deprecated properties are spellings of
 * older versions.
 */
export const SaveClusterBody = saveSchema(clusterKind, { id: 'SaveClusterBody' });

export const ClusterReply = replySchema(clusterKind, {
  id: 'Cluster',
  description: 'A cluster as version 0.4 of the original answers it: every field is there.',
});
