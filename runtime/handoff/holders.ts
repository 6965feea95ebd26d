/**
 * The VMs that may hold something of one session, and what each was told last.
 *
 * A VM holds something from its first command on, until it has answered that it has let go. One that does not
 * answer is told again, unless it has been given the session anew meanwhile.
 */
import type { Clock, Timer } from '../clock.ts';
import { codeOf } from '../error.ts';
import type { VmId } from '../vm/cell-protocol.ts';
import type { HandoffLimits } from './limits.ts';
import type { SessionCommand } from './session-control.ts';
import type { SessionVms } from './session-vms.ts';
import { within } from './within.ts';

export interface HoldersOptions {
	/** Name of the session. */
	readonly session: string;
	readonly vms: SessionVms;
	readonly clock: Clock;
	readonly limits: HandoffLimits;
}

export interface Sending {
	readonly vm: VmId;
	readonly command: SessionCommand;
	/** How long its answer is waited for. */
	readonly ms: number;
	/** Ends the wait early, with its reason. */
	readonly signal: AbortSignal;
}

/** A VM that does not answer is told this often more to let go of a session, at doubling intervals. */
const mostReleases = 6;

export class Holders {
	readonly #options: HoldersOptions;
	/** Each with the number of its last command. */
	readonly #last = new Map<VmId, number>();
	#commands = 0;
	readonly #releasing = new Set<VmId>();
	/** Of those that are told again. */
	readonly #timers = new Set<Timer>();
	readonly #leaving = new AbortController();

	constructor(options: HoldersOptions) {
		this.#options = options;
	}

	has(vm: VmId): boolean {
		return this.#last.has(vm);
	}

	/** Whether it is being told to let go at this moment. */
	isReleasing(vm: VmId): boolean {
		return this.#releasing.has(vm);
	}

	/** Resolves with the answer. Errors: `timed-out`, the reason of the signal, those of `SessionVms`. */
	command(told: Sending): Promise<Uint8Array> {
		this.#count(told.vm);
		return this.#send(told);
	}

	/** Tells a VM, without waiting for it, that the session is no longer its business; again if it does not answer. */
	release(vm: VmId, command: 'release' | 'rollback' = 'release', attempt = 0): void {
		const token = this.#count(vm);
		const { clock, limits } = this.#options;
		const { signal } = this.#leaving;
		const again = (error: unknown): void => {
			// A VM that is gone is told when it is back.
			if (codeOf(error) !== 'vm-gone' && !signal.aborted && attempt < mostReleases) {
				const timer = clock.after(limits.retryMs * 2 ** attempt, () => {
					this.#timers.delete(timer);
					if (this.#last.get(vm) === token) {
						this.release(vm, 'release', attempt + 1);
					}
				});
				this.#timers.add(timer);
			}
		};
		const forget = (): void => {
			// A later command may have given it something again.
			if (this.#last.get(vm) === token) {
				this.#last.delete(vm);
			}
		};
		const told = { vm, command: { [command]: {} } as SessionCommand, ms: limits.releaseMs, signal };
		this.#releasing.add(vm);
		void this.#send(told)
			.finally(() => this.#releasing.delete(vm))
			.then(forget, again);
	}

	releaseAll(): void {
		for (const vm of this.#last.keys()) {
			this.release(vm);
		}
	}

	/** Nobody is told anything any more: what they hold is for the next start of the box. */
	stop(why: unknown): void {
		this.#leaving.abort(why);
		for (const timer of this.#timers) {
			timer.cancel();
		}
	}

	#count(vm: VmId): number {
		const token = this.#commands++;
		this.#last.set(vm, token);
		return token;
	}

	#send({ vm, command, ms, signal }: Sending): Promise<Uint8Array> {
		const { session, clock, vms } = this.#options;
		const name = Object.keys(command)[0];
		const what = `${name} of session ${session} in VM ${vm}`;
		return within({ clock, ms, signal, what }, (inner) =>
			vms.command(vm, { session, ...command }, { deadlineMs: ms, signal: inner }),
		);
	}
}
