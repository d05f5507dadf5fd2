/** What can be a node port at all; which of them a cluster gives out is its own matter (`--service-node-port-range`). */
export const NODE_PORTS = { first: 1, last: 65_535 } as const;

/** The port, or `undefined` when the text is no port number. */
export function readNodePort(text: string): number | undefined {
  if (!/^[0-9]{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= NODE_PORTS.first && port <= NODE_PORTS.last ? port : undefined;
}
