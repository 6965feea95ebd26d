/** From mains to battery and back as a table: state x event -> state. What flickers has to last before it counts. */

export const powerStates = ['mains', 'failing', 'battery', 'returning', 'last'] as const;
export type PowerState = (typeof powerStates)[number];

export const powerEvents = ['lost', 'back', 'lasted', 'low'] as const;
export type PowerEvent = (typeof powerEvents)[number];

/**
 * `failing`: the mains are gone, but not for long enough; `returning`: they are back, but not for long enough.
 * `last`: the box switches itself off, and nothing leads back.
 */
export const powerMachine: Readonly<Record<PowerState, Partial<Record<PowerEvent, PowerState>>>> = {
	mains: { lost: 'failing' },
	failing: { back: 'mains', lasted: 'battery', low: 'last' },
	battery: { back: 'returning', low: 'last' },
	returning: { lost: 'battery', lasted: 'mains' },
	last: {},
};

/** Whether only what is essential runs. */
export function isOnBattery(state: PowerState): boolean {
	return state !== 'mains' && state !== 'failing';
}
