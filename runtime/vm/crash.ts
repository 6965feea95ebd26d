/** What a cell knows of a turn that failed, beside its code: where the guest was, and what it was given. */
import type { Waiting } from '../bus/inbox.ts';
import type { Event } from '../component/generated/service.ts';
import type { BudgetName } from './budget-name.ts';
import type { VmError } from './error.ts';
import { type GuestFrame, guestStack } from './guest-stack.ts';
import type { Resident } from './resident.ts';
import type { Vm } from './vm.ts';

export interface GivenEvent {
	/** Topic of a message; of other events what they are, in brackets: `(timer)`. */
	readonly topic: string;
	readonly bytes: number;
}

export interface Crash {
	readonly message: string;
	/** Which budget was exceeded, where it was that. */
	readonly budget?: BudgetName;
	/** The innermost call first, in offsets of the module that runs. */
	readonly stack: readonly GuestFrame[];
	/** What the turn was given, the oldest first; the rest of more than `mostGiven` is only counted. */
	readonly given: readonly GivenEvent[];
	readonly givenCount: number;
	/** What waited behind it. */
	readonly inboxLength: number;
	readonly inboxBytes: number;
	readonly memoryBytes: number;
	/** Turns before this one. */
	readonly turns: number;
}

const mostGiven = 32;
const pageBytes = 65_536;
/** A trap with less than this share of the memory left counts as one for want of memory. */
const littleLeft = 1 / 8;

/** To be asked before what the turn was given goes back into the inbox. */
export function crashOf({
	resident: { inbox, spec, stats },
	vm,
	error,
	given,
}: {
	resident: Resident;
	/** Undefined where it could not even be linked. */
	vm?: Vm;
	error: VmError;
	given: readonly Waiting<Event>[];
}): Crash {
	const memoryBytes = vm?.memoryBytes ?? 0;
	const mostBytes = spec.budget.memoryPages * pageBytes;
	const { code, budget: exceeded, message } = error;
	const isShort = code === 'trapped' && memoryBytes > mostBytes * (1 - littleLeft);
	const budget = exceeded ?? (isShort ? 'memory' : undefined);
	// A trap does not say what for; how much memory there was does.
	const inUse = `${message} with ${memoryBytes / 1024} of ${mostBytes / 1024} KiB of memory in use`;
	return {
		message: budget === 'memory' ? inUse : message,
		...(budget === undefined ? {} : { budget }),
		stack: guestStack(error),
		given: given.slice(0, mostGiven).map(({ event, bytes, topic }) => ({
			topic: topic ?? `(${event.tag})`,
			bytes: event.tag === 'message' ? event.val.payload.length : bytes,
		})),
		givenCount: given.length,
		inboxLength: inbox.length,
		inboxBytes: inbox.bytes,
		memoryBytes,
		turns: stats.turns - (given.length > 0 ? 1 : 0),
	};
}
