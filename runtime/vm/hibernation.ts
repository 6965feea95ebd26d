/**
 * Puts the VMs of a cell to sleep that have had nothing to do for a while, and wakes them for their next turn.
 *
 * Asleep a VM is a few kilobytes: its instance and its memory are given back. Its inbox, its timers and what
 * others know of it stay as they are, so that nobody can tell.
 */
import type { Clock, Timer } from '../clock.ts';
import { firstMemory } from '../component/first-memory.ts';
import { obstacleOf } from '../component/guest-state.ts';
import type { ServiceCode } from '../component/service-code.ts';
import { WarmCode } from '../component/warm-code.ts';
import { PageDigester } from '../digest/page-digester.ts';
import { hibernate, wake } from '../snapshot/hibernate.ts';
import type { Packing } from '../snapshot/packing.ts';
import type { VmId } from './cell-protocol.ts';
import { Dormitory } from './dormitory.ts';
import { VmError } from './error.ts';
import type { Resident } from './resident.ts';
import type { Turns } from './turns.ts';
import type { Vm } from './vm.ts';

export interface HibernationOptions {
	readonly clock: Clock;
	readonly packing: Packing;
	readonly residents: ReadonlyMap<VmId, Resident>;
	readonly turns: Pick<Turns, 'adopt' | 'dismiss' | 'end'>;
	readonly slept: (resident: Resident) => void;
	readonly woke: (resident: Resident) => void;
	readonly failed: (resident: Resident, vm: Vm, error: VmError) => void;
	/** Memory of instances and modules has become free. */
	readonly reclaim: () => void;
	/** Called after something happened outside of a turn. */
	readonly flush: () => void;
}

/** A sleeping VM never leaves its cell as bytes: nobody else has to know of what module they are. */
const origin = { module: '0'.repeat(64), platformVersion: '' };

/** Bytes that a state is packed with: with more, packing takes milliseconds. */
const mostDictionary = 262_144;
const noDictionary = new Uint8Array(0);

/** When one that is to be suspended is looked at again that is in the middle of a turn, in milliseconds. */
const turnMs = 50;

export class Hibernation {
	readonly #options: HibernationOptions;
	readonly #digester = new PageDigester();
	readonly #dormitory = new Dormitory();
	readonly #warm = new WarmCode();
	#timer: Timer | undefined;

	constructor(options: HibernationOptions) {
		this.#options = options;
	}

	/** It may be idle from now on. */
	mind({ spec }: Resident): void {
		if (spec.sleepAfterMs !== undefined) this.#arm(spec.sleepAfterMs);
	}

	/** Has it go on, before its next turn. @throws VmError `vm-gone` when it cannot */
	wake(resident: Resident): void {
		const { vm, asleep, code } = resident;
		if (vm === undefined || asleep === undefined) return;
		try {
			const { packing } = this.#options;
			const dictionary = (): Uint8Array => dictionaryOf(code) ?? noDictionary;
			vm.wake(wake(asleep.bytes(), { origin, digester: this.#digester, packing, dictionary }).image);
		} catch (cause) {
			throw new VmError('vm-gone', `${vm.spec.name} cannot be woken: ${cause}`, { cause });
		}
		asleep.leave();
		resident.asleep = undefined;
		this.gone(resident);
		this.#options.turns.adopt(resident, vm);
		this.#options.woke(resident);
		this.mind(resident);
	}

	/** Nothing need be kept for its next wake. */
	gone({ code }: Resident): void {
		if (code !== undefined) this.#warm.take(code);
	}

	/** It may not run any more: there is no reason to wait. */
	suspended(): void {
		this.#look();
	}

	#arm(ms: number): void {
		this.#timer ??= this.#options.clock.after(ms, () => {
			this.#timer = undefined;
			this.#look();
		});
	}

	#look(): void {
		const now = this.#options.clock.now();
		let nextMs = Infinity;
		let count = 0;
		for (const resident of this.#options.residents.values()) {
			const { isSuspended, vm, asleep } = resident;
			const sleepAfterMs = isSuspended ? 0 : resident.spec.sleepAfterMs;
			if (sleepAfterMs === undefined || vm === undefined || asleep !== undefined) continue;
			const leftMs = isSuspended ? 0 : sleepAfterMs - (now - resident.restedAtUs) / 1000;
			if (leftMs <= 0 && canSleep(resident)) {
				this.#sleep(resident, vm);
				count++;
			} else if (!isSuspended) nextMs = Math.min(nextMs, leftMs > 0 ? leftMs : sleepAfterMs);
			else if (isInTurn(resident)) nextMs = Math.min(nextMs, turnMs);
		}
		if (nextMs !== Infinity) this.#arm(Math.ceil(nextMs));
		if (count > 0) this.#options.reclaim();
		this.#options.flush();
	}

	/** Its state, packed; undefined where it failed in doing so, which is told as any failure is. */
	pack(resident: Resident): Uint8Array | undefined {
		if (resident.asleep === undefined && resident.vm !== undefined) this.#sleep(resident, resident.vm);
		return resident.asleep?.bytes();
	}

	/** It comes to this cell asleep. */
	lay(resident: Resident, packed: Uint8Array): void {
		resident.asleep = this.#dormitory.lay(packed);
	}

	/** Of code that has to be read again to wake it anyway: the state takes less with it. Undefined where it need not be read. */
	#dictionaryFor({ code }: Resident): Uint8Array | undefined {
		if (code === undefined || this.#warm.keeps(code)) return undefined;
		try {
			return dictionaryOf(code);
		} catch {
			// It sleeps without, and its next wake says what is the matter.
			return undefined;
		}
	}

	#sleep(resident: Resident, vm: Vm): void {
		const { turns, packing } = this.#options;
		const { call } = vm;
		try {
			const packed = vm.sleep((state) =>
				hibernate(state, {
					origin,
					digester: this.#digester,
					packing,
					dictionary: this.#dictionaryFor(resident),
					turn: 0,
				}),
			);
			this.lay(resident, packed);
		} catch (error) {
			if (!(error instanceof VmError)) throw error;
			turns.end(resident);
			return this.#options.failed(resident, vm, error);
		}
		turns.dismiss(call);
		if (resident.code !== undefined) this.#warm.rest(resident.code);
		this.#options.slept(resident);
	}
}

/** What its memory held at first: the most of it is still there. */
function dictionaryOf(code: ServiceCode | undefined): Uint8Array | undefined {
	const bytes = code?.bytes();
	return bytes && firstMemory(bytes, mostDictionary);
}

function canSleep(resident: Resident): boolean {
	const { isSuspended, inbox, held, recorder, keeper, spec } = resident;
	const isIdle = !isInTurn(resident) && (isSuspended || (inbox.length === 0 && held.length === 0));
	return (
		isIdle && recorder === undefined && keeper?.isSettled !== false && obstacleOf(spec.module) === undefined
	);
}

function isInTurn({ stage, paused }: Resident): boolean {
	return stage !== 'turn' || paused !== undefined;
}
