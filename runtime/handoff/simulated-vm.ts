/** One VM that plays numbered frames: does what `proto/bus/session.proto` asks of a service. */
import { HandoffError } from './handoff-error.ts';
import type { SessionCommand } from './session-control.ts';

/** A session in this VM. */
interface Part {
	url: string;
	nextSequence: number;
	nextAtUs: number;
	/** Frames loaded and not yet played. */
	buffered: number;
	/** `plays`: it owns the session; `given`: it has handed it over; `prepared`: it may get it. */
	role: 'plays' | 'given' | 'prepared';
	isQuiesced: boolean;
}

export interface PlayedFrame {
	readonly session: string;
	readonly sequence: number;
	readonly atUs: number;
}

export interface SimulatedVmOptions {
	readonly frameUs: number;
	/** Frames it loads ahead. */
	readonly readAhead: number;
	/** Bytes its whole state has at least. */
	readonly stateBytes: number;
}

export class SimulatedVm {
	readonly #options: SimulatedVmOptions;
	#parts = new Map<string, Part>();

	constructor(options: SimulatedVmOptions) {
		this.#options = options;
	}

	/** Sessions that it believes to own. */
	playing(): string[] {
		return [...this.#parts].filter(([, { role }]) => role === 'plays').map(([session]) => session);
	}

	/** The memory of this VM, to come back with. */
	snapshot(): ReadonlyMap<string, unknown> {
		return structuredClone(this.#parts);
	}

	restore(snapshot: ReadonlyMap<string, unknown>): void {
		this.#parts = structuredClone(snapshot) as Map<string, Part>;
	}

	/** Loads what its network gives, and plays the next frame of each session that it has. */
	play({ isUp, nowUs }: { isUp: boolean; nowUs: number }): PlayedFrame[] {
		const frames: PlayedFrame[] = [];
		for (const [session, part] of this.#parts) {
			if (part.role !== 'plays') {
				continue;
			}
			if (isUp && !part.isQuiesced) {
				part.buffered = Math.min(this.#options.readAhead, part.buffered + 2);
			}
			if (part.buffered > 0) {
				const atUs = part.nextAtUs === 0 ? nowUs : part.nextAtUs;
				frames.push({ session, sequence: part.nextSequence, atUs });
				part.buffered--;
				part.nextSequence++;
				part.nextAtUs = atUs + this.#options.frameUs;
			}
		}
		return frames;
	}

	/** The state without bulk, as a checkpoint has it. */
	checkpoint(session: string): { state: Uint8Array; nextSequence: number } {
		const part = this.#part(session);
		return { state: encode({ ...part, buffered: 0 }, 0), nextSequence: part.nextSequence };
	}

	/** One command, done in one turn; throws `refused`. */
	handle(session: string, command: SessionCommand): Uint8Array {
		if ('open' in command) {
			this.#parts.set(session, {
				url: command.open.url,
				nextSequence: 0,
				nextAtUs: 0,
				buffered: 0,
				role: 'plays',
				isQuiesced: false,
			});
		} else if ('quiesce' in command) {
			const part = this.#part(session, 'plays');
			part.isQuiesced = true;
			return encode({ ...part, buffered: 0 }, 0);
		} else if ('prepare' in command) {
			const part = decode(command.prepare.state);
			this.#parts.set(session, { ...part, buffered: 0, role: 'prepared', isQuiesced: false });
		} else if ('transfer' in command) {
			const part = this.#part(session, 'plays');
			part.role = 'given';
			return encode(part, this.#options.stateBytes);
		} else if ('take' in command) {
			this.#take(session, command.take);
		} else if ('rollback' in command) {
			const part = this.#part(session);
			if (part.role === 'prepared') {
				this.#parts.delete(session);
			} else {
				part.role = 'plays';
				part.isQuiesced = false;
			}
		} else {
			this.#parts.delete(session);
		}
		return new Uint8Array();
	}

	#take(session: string, take: Extract<SessionCommand, { take: unknown }>['take']): void {
		const part = decode(take.state);
		// Frames before the state were played by somebody else and cannot be made again from it.
		const skipped = take.nextSequence - part.nextSequence;
		if (skipped < 0) {
			throw new HandoffError('refused', `the state of ${session} begins after frame ${take.nextSequence}`);
		}
		this.#parts.set(session, {
			...part,
			...{ nextSequence: take.nextSequence, nextAtUs: take.nextAtUs },
			buffered: Math.max(0, part.buffered - skipped),
			role: 'plays',
			isQuiesced: false,
		});
	}

	#part(session: string, role?: Part['role']): Part {
		const part = this.#parts.get(session);
		if (part === undefined || (role !== undefined && part.role !== role)) {
			throw new HandoffError('refused', `no session ${session} is ${role ?? 'here'}`);
		}
		return part;
	}
}

type State = Pick<Part, 'url' | 'nextSequence' | 'nextAtUs' | 'buffered'>;

function encode({ url, nextSequence, nextAtUs, buffered }: State, leastBytes: number): Uint8Array {
	return Buffer.from(JSON.stringify({ url, nextSequence, nextAtUs, buffered }).padEnd(leastBytes));
}

function decode(state: Uint8Array): State {
	return JSON.parse(Buffer.from(state).toString());
}
