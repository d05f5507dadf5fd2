/** Where a resource that controllers work on is in its life. */
export const phases = ['Pending', 'Provisioning', 'Ready', 'Degraded', 'Failed', 'Deleting'] as const;
export type Phase = (typeof phases)[number];
