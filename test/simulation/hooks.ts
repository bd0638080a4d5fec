import type { Operations } from '../../shared/tablestore/caller.ts';
import type { Ports } from '../../shared/watch/ports.ts';

/**
 * Every run gets its client and its ports through these functions. They change nothing. A planted
 * mistake replaces one of them to change what passes between the product and the outside.
 */

/** The methods of the SDK's client, as properties that a mistake can replace. */
export type ClientMethods = Operations;

export function clientOf(client: ClientMethods): ClientMethods {
  return client;
}

export function portsOf(ports: Ports): Ports {
  return ports;
}

/** The ports of a run that events have started. */
export function pushPortsOf(ports: Ports): Ports {
  return ports;
}
