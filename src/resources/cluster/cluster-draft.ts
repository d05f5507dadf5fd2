import type { DraftOf } from '../kind.ts';
import type { clusterFields } from './fields.ts';

/** A cluster as it was asked for: one spelling, nothing validated. Empty strings mean "not given". */
export type ClusterDraft = DraftOf<typeof clusterFields>;
