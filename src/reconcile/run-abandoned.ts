/**
 * What a run works on has not answered as soon as one that is well does. The run ends without a result: the next one,
 * in the suspect lane, has the time to find out.
 */
export class RunAbandoned extends Error {}
