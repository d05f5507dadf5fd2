/**
 * Times of the protocol, in milliseconds by the own clock of each replica.
 *
 * A replica works for at most {@link FENCE_MILLISECONDS} after it has sent the last renewal that was accepted. Another
 * one takes over when it has seen the same member Lease for {@link DURATION_MILLISECONDS}. The renewal was sent before
 * anyone saw its result, so the difference of the two is the margin for clocks of different speed.
 */
export const RENEW_MILLISECONDS = 3_000;
/** As `RENEW_MILLISECONDS`, after a renewal that failed. */
export const RENEW_RETRY_MILLISECONDS = 1_000;
/** A renewal that is not answered by then has failed. */
export const REQUEST_MILLISECONDS = 2_500;
export const FENCE_MILLISECONDS = 7_000;
export const DURATION_MILLISECONDS = 10_000;
/** How often each replica compares what it sees with what should be, when nothing changes. */
export const LOOK_MILLISECONDS = 1_000;
/** A new replica waits this long for others that start at the same time before it takes work. */
export const SETTLE_MILLISECONDS = 1_500;
/** Leases of replicas that have ended are kept this long: others may not have seen the end yet. */
export const SWEEP_MILLISECONDS = 60_000;

/**
 * Parts that the work is divided into. Part of the protocol: all replicas of an installation, also of different
 * releases, have to use the same number.
 */
export const BUCKETS = 64;
/** Writes of Leases of buckets at the same time. */
export const BUCKET_WRITES = 16;
