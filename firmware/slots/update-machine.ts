/** The life of an update as a table: state x event -> state, with the reason for each way. */

/** What each state means. */
export const updateStates = {
	settled: 'what runs is good, and nothing waits to be tried',
	writing: 'the other slot cannot be started and is being written',
	ready: 'the other slot holds a whole release that was not tried yet',
	activated: 'the next boot tries the other slot',
	trial: 'what runs is on trial: each boot costs one of its starts',
	rejected: 'what runs was not found healthy, and the box restarts to be led back',
} as const;

export type UpdateState = keyof typeof updateStates;
export type UpdateEvent =
	| 'install'
	| 'written'
	| 'failed'
	| 'activate'
	| 'withdraw'
	| 'withdraw-good'
	| 'booted'
	| 'healthy'
	| 'unhealthy';

export interface UpdateTransition {
	readonly from: UpdateState;
	readonly event: UpdateEvent;
	readonly to: UpdateState;
	readonly reason: string;
}

export const updateTransitions: readonly UpdateTransition[] = [
	way('settled', 'install', 'writing', 'a release was found; the other slot is marked first'),
	way('ready', 'install', 'writing', 'another release takes the place of one that was never tried'),
	way('activated', 'install', 'writing', 'it is taken back before it was tried'),
	way('writing', 'written', 'ready', 'both images are there and read back right'),
	way('writing', 'failed', 'settled', 'it broke off; what is marked as written is kept for the next try'),
	way('ready', 'activate', 'activated', 'one write of the boot state turns the order and gives the starts'),
	way('settled', 'activate', 'activated', 'the other slot was good once, and is to be tried again'),
	way('activated', 'activate', 'activated', 'the restart did not happen and is asked for again'),
	way('activated', 'withdraw', 'ready', 'a release that was never tried is not to be tried now'),
	way('activated', 'withdraw-good', 'settled', 'what was good once stays so, behind what runs'),
	way('activated', 'booted', 'trial', 'the boot loader counted a start down and started it'),
	way('activated', 'booted', 'settled', 'its starts were used up; why is reported'),
	way('trial', 'booted', 'trial', 'it went down by itself and has starts left'),
	way('trial', 'booted', 'settled', 'it went down by itself once too often; why is reported'),
	way('trial', 'healthy', 'settled', 'it was healthy for long enough: good, and the floor is raised to it'),
	way('trial', 'unhealthy', 'rejected', 'its time is over'),
	way('rejected', 'booted', 'trial', 'it has starts left'),
	way('rejected', 'booted', 'settled', 'its starts were used up; why is reported'),
];

/** The way on in a box that runs; undefined where the event means nothing in this state. */
export function updateTransition(
	from: UpdateState,
	event: Exclude<UpdateEvent, 'booted'>,
): UpdateTransition | undefined {
	return updateTransitions.find((transition) => transition.from === from && transition.event === event);
}

function way(from: UpdateState, event: UpdateEvent, to: UpdateState, reason: string): UpdateTransition {
	return { from, event, to, reason };
}
