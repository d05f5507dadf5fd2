import { type Static, Type } from 'typebox';
import type { Pause as ClusterPause } from '../../resources/cluster/pause.ts';
import { pauseField } from '../../resources/cluster/pause-field.ts';

/** The pause of a cluster; absent while it is not paused. */
export const Pause = Type.Unsafe<ClusterPause>({ ...pauseField.reply });
export type Pause = Static<typeof Pause>;
