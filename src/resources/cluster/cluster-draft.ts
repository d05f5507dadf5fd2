import type { DraftOf } from '../kind.ts';
import type { clusterFields } from './fields.ts';

/** A requested cluster: normalised spelling, not validated. Empty strings mean "not given". */
export type ClusterDraft = DraftOf<typeof clusterFields>;
