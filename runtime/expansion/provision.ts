/** How a kind of device comes to a module that serves it, as a table: state x event -> state. */

export const provisionStates = ['absent', 'denied', 'seeking', 'unserved', 'waiting', 'served'] as const;
export type ProvisionState = (typeof provisionStates)[number];

export const provisionEvents = [
	'plugged',
	'forbidden',
	'unplugged',
	'found',
	'none',
	'failed',
	'again',
] as const;
export type ProvisionEvent = (typeof provisionEvents)[number];

/**
 * `seeking`: the repository is asked, and what it has is fetched and installed; `unserved`: it has nothing;
 * `waiting`: it could not be reached, or what it has could not be installed.
 */
export const provision: Readonly<Record<ProvisionState, Partial<Record<ProvisionEvent, ProvisionState>>>> = {
	absent: { plugged: 'seeking', forbidden: 'denied', found: 'served' },
	denied: { unplugged: 'absent', found: 'served' },
	seeking: { unplugged: 'absent', found: 'served', none: 'unserved', failed: 'waiting' },
	unserved: { unplugged: 'absent', found: 'served', again: 'seeking' },
	waiting: { unplugged: 'absent', found: 'served', again: 'seeking' },
	served: { unplugged: 'absent' },
};
