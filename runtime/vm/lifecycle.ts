/** The life of a VM as a table: state x event -> state. Every transition carries a reason. */

export const vmStates = [
	'installed',
	'starting',
	'running',
	'hibernated',
	'suspended',
	'backing-off',
	'parked',
	'stopping',
	'stopped',
] as const;
export type VmState = (typeof vmStates)[number];

export const vmEvents = [
	'start',
	'started',
	'fault',
	'retry',
	'give-up',
	'stop',
	'stopped',
	'sleep',
	'wake',
	'suspend',
	'resume',
] as const;
export type VmEvent = (typeof vmEvents)[number];

export const lifecycle: Readonly<Record<VmState, Partial<Record<VmEvent, VmState>>>> = {
	installed: { start: 'starting', stop: 'stopped', suspend: 'suspended' },
	starting: { started: 'running', fault: 'backing-off', stop: 'stopping' },
	running: { fault: 'backing-off', stop: 'stopping', sleep: 'hibernated', suspend: 'suspended' },
	hibernated: { wake: 'running', fault: 'backing-off', stop: 'stopping', suspend: 'suspended' },
	// It may not run for now: what it was it is, if it has run before.
	suspended: { resume: 'running', start: 'starting', fault: 'backing-off', stop: 'stopping' },
	'backing-off': { retry: 'starting', 'give-up': 'parked', stop: 'stopped', suspend: 'suspended' },
	parked: { start: 'starting', stop: 'stopped', suspend: 'suspended' },
	stopping: { stopped: 'stopped', fault: 'stopped' },
	stopped: { start: 'starting', suspend: 'suspended' },
};

/** Whether a VM in this state takes what comes for it. */
export function isUp(state: VmState): boolean {
	return state === 'running' || state === 'hibernated';
}

export interface Transition {
	readonly from: VmState;
	readonly to: VmState;
	readonly event: VmEvent;
	readonly reason: string;
}

/** Undefined where the event means nothing in this state: a late report of a VM that was stopped, say. */
export function transition(from: VmState, event: VmEvent, reason: string): Transition | undefined {
	const to = lifecycle[from][event];
	return to === undefined ? undefined : { from, to, event, reason };
}
