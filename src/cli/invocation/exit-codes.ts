/** What commands end with. Documented: see the reference page of the command line. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  notAuthorised: 3,
  notFound: 4,
  conflict: 5,
  timedOut: 6,
  interrupted: 130,
} as const;
