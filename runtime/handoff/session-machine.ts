/** The life of a session as a table: state x event -> state, with the reason for each way. */

/** What each state means, and who owns the session in it. */
export const sessionStates = {
	waiting: 'the platform holds the session until a network and a VM are there for it',
	resume: 'a VM is being asked to open it, or to go on from the last state; the platform holds it',
	active: 'a VM has it',
	candidate: 'a VM on a better network is being provided; the source plays on',
	prepare: 'the target opens its path on the new network; the source plays on from what it has',
	transfer: 'the source is asked for the whole state and owns the session until it has answered',
	commit: 'the platform holds the state and the target is asked to take it',
	back: 'the handoff did not happen and the source is told to go on',
	closed: 'the session is over',
} as const;

export type SessionState = keyof typeof sessionStates;

export type SessionEvent =
	| 'found'
	| 'chosen'
	| 'provided'
	| 'prepared'
	| 'transferred'
	| 'taken'
	| 'reverted'
	| 'failed'
	| 'owner-gone'
	| 'close';

export interface Transition {
	readonly from: SessionState;
	readonly event: SessionEvent;
	readonly to: SessionState;
	readonly reason: string;
}

const open = ['waiting', 'resume', 'active', 'candidate', 'prepare', 'transfer', 'commit', 'back'] as const;

export const sessionTransitions: readonly Transition[] = [
	way('waiting', 'found', 'resume', 'there is a network on which a VM can have it'),
	way('resume', 'taken', 'active', 'the VM has opened it, or gone on from the last state'),
	way('resume', 'failed', 'waiting', 'the VM did not take it; another is asked, or the same one later'),
	way('active', 'chosen', 'candidate', 'the policy chose another network'),
	way('active', 'owner-gone', 'waiting', 'its VM died; the last state is with the platform'),
	way('candidate', 'provided', 'prepare', 'a VM on the new network runs'),
	way('candidate', 'failed', 'back', 'no VM could be provided there'),
	way('prepare', 'prepared', 'transfer', 'the first bytes are there over the new network'),
	way('prepare', 'failed', 'back', 'the path did not open, or the source could not be asked'),
	way('transfer', 'transferred', 'commit', 'the source has given the whole state and stopped'),
	way('transfer', 'failed', 'back', 'the source did not answer, or died'),
	way('commit', 'taken', 'active', 'the target owns it and the source is released'),
	way('commit', 'failed', 'back', 'the target did not take it in time'),
	way('back', 'reverted', 'active', 'the source goes on as if nothing had been'),
	way('back', 'failed', 'waiting', 'the source cannot go on either; the last state is with the platform'),
	...open.map((state) => way(state, 'close', 'closed', 'it came to its end, or somebody closed it')),
];

const byState = Map.groupBy(sessionTransitions, ({ from }) => from);

/** The way on; undefined where the event means nothing in this state. */
export function sessionTransition(from: SessionState, event: SessionEvent): Transition | undefined {
	return byState.get(from)?.find((transition) => transition.event === event);
}

/** Both tables as Markdown, for the documents. */
export function describeSessionMachine(): string {
	return [
		'| state | meaning |',
		'| --- | --- |',
		...Object.entries(sessionStates).map(([state, meaning]) => `| ${state} | ${meaning} |`),
		'',
		'| state | event | next state | because |',
		'| --- | --- | --- | --- |',
		...sessionTransitions.map(({ from, event, to, reason }) => `| ${from} | ${event} | ${to} | ${reason} |`),
		'',
	].join('\n');
}

function way(from: SessionState, event: SessionEvent, to: SessionState, reason: string): Transition {
	return { from, event, to, reason };
}
