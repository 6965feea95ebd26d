/**
 * One running instance of a service: its memory, its log of the turn, what it has stored.
 *
 * A turn is a transaction: it returns effects that have been checked as a whole, or throws and
 * has none. After a throw the instance is in an unknown state and must not be called again.
 */
import { u64FromNumber } from '../component/bits.ts';
import type { Effect, Event, Init, Result } from '../component/generated/service.ts';
import { type GuestImage, type GuestState, obstacleOf } from '../component/guest-state.ts';
import type { Lane, LaneCall } from '../component/lane/lane.ts';
import type { Guest, GuestSteps } from '../component/link.ts';
import type { Slab } from '../component/slab.ts';
import type { ForeignLinker } from '../foreign/foreign-guest.ts';
import { asVmError } from './as-vm-error.ts';
import type { LogLine, VmId, VmSpec } from './cell-protocol.ts';
import { checkEffects } from './effect-check.ts';
import { VmError } from './error.ts';
import { guestOf } from './guest.ts';
import type { TurnWatch } from './turn-watch.ts';

/** Memory that is cleared of what is not used before it is packed, in bytes. */
const mostRested = 4_194_304;

const nothing: ReadonlyMap<string, Uint8Array> = new Map();
const noLines: LogLine[] = [];

export interface VmOptions {
	readonly id: VmId;
	readonly spec: VmSpec;
	/** What links foreign components; in a cell without it they do not start. */
	readonly linkForeign?: ForeignLinker | undefined;
	/** Who makes its calls in steps; without one it is called plainly only. */
	readonly lane?: Lane;
	/** Where what it says is copied to; default one of its own. */
	readonly slab?: Slab;
	readonly watch?: TurnWatch | undefined;
}

export class Vm {
	readonly spec: VmSpec;
	readonly id: VmId;
	readonly #linkForeign: ForeignLinker | undefined;
	readonly #lane: Lane | undefined;
	readonly #slab: Slab | undefined;
	readonly #watch: TurnWatch | undefined;
	/** A call has begun and its end has not been told. */
	#isOpen = false;
	#guest: Guest | undefined;
	/** Of the guest, where it has any: every message takes them. */
	#stepwise: GuestSteps | undefined;
	/** Never pushed to while it is empty. */
	#lines = noLines;
	#lineBytes = 0;
	#suppressed = 0;
	/** Values stored by earlier turns; what a turn puts is seen by the next one. */
	#bucket: Map<string, Uint8Array> | undefined;

	constructor({ id, spec, linkForeign, lane, slab, watch }: VmOptions) {
		this.id = id;
		this.spec = spec;
		this.#linkForeign = linkForeign;
		this.#lane = lane;
		this.#slab = slab;
		this.#watch = watch;
		if (spec.bucket !== undefined && spec.bucket.size > 0) this.#bucket = new Map(spec.bucket);
	}

	/** It has no steps and no state that can be taken: it is started and has its turns at once, outside of the lane. */
	get isPlain(): boolean {
		return this.spec.foreign !== undefined;
	}

	get memoryBytes(): number {
		return this.#guest?.memoryBytes() ?? 0;
	}

	/**
	 * Instantiates the module; nothing of it runs yet.
	 *
	 * @param image where to go on, of a VM of the same module and spec; then it need not start
	 * @throws VmError
	 */
	link(image?: GuestImage): void {
		const { spec } = this;
		try {
			this.#guest = guestOf({
				spec,
				host: {
					log: { write: (level, text) => this.#write({ level, text }) },
					keyValue: { get: (key) => this.#read(key) },
				},
				linkForeign: this.#linkForeign,
				lane: this.#lane,
				slab: this.#slab,
				image,
			});
			this.#stepwise = this.#guest.steps;
		} catch (cause) {
			throw asVmError(cause, this.spec);
		}
	}

	/** Links and starts, plainly. @param timers that it may set; @throws VmError */
	start(nowUs: bigint, timers?: number): Effect[] {
		this.#begin(nowUs, []);
		return this.#watched(() => {
			this.link();
			return this.#checked(this.#linked().start(nowUs, this.#init), timers);
		});
	}

	/** Instead of `start`: goes on where the image was taken, of a VM of the same module and spec. @throws VmError */
	resume(image: GuestImage): void {
		this.link(image);
	}

	/** To be looked at between turns; undefined before the VM was started or resumed, and where `isPlain`. */
	get state(): GuestState | undefined {
		return this.#guest?.state;
	}

	/** Lets the service clear memory that it does not use, before it is put to sleep. @throws VmError */
	rest(): void {
		this.#watched(() => this.#linked().rest?.());
	}

	/** Gives the instance up for what `pack` makes of its state. To be called between turns. @throws VmError */
	sleep(pack: (state: GuestState) => Uint8Array): Uint8Array {
		// A large heap takes its time, and packs as well without.
		if (this.memoryBytes <= mostRested) this.rest();
		const guest = this.#linked();
		if (guest.state === undefined)
			throw new VmError('foreign', `${this.spec.name} has no state that can be taken`);
		const packed = pack(guest.state);
		guest.steps?.leave();
		this.#guest = undefined;
		this.#stepwise = undefined;
		return packed;
	}

	/** Goes on in a fresh instance; what it has stored it still knows. @throws VmError */
	wake(image: GuestImage): void {
		this.link(image);
	}

	/** @param timers that it may still set; @throws VmError */
	turn(nowUs: bigint, inbox: Event[], timers?: number): Effect[] {
		this.#begin(nowUs, inbox);
		return this.#watched(() => this.#checked(this.#linked().turn(nowUs, inbox), timers));
	}

	// The same in steps, for a lane: each `open` makes `call` the one to be made, each `close` takes what it returned.

	get call(): LaneCall {
		return this.#steps().call;
	}

	/** False once there is nothing left that the module begins with by itself. */
	openBegin(): boolean {
		return this.#steps().openBegin();
	}

	/** @throws VmError */
	openStart(nowUs: bigint): void {
		this.#begin(nowUs, []);
		this.#watched(() => this.#steps().openStart(nowUs, this.#init));
	}

	/** @param timers that it may still set; @throws VmError */
	closeStart(result: number, timers: number): Effect[] {
		return this.#watched(() => this.#checked(this.#steps().closeStart(result), timers));
	}

	// Every message takes these two: no closures.

	/** @throws VmError */
	openTurn(nowUs: number, inbox: Event[]): void {
		this.#isOpen = true;
		this.#watch?.begins(u64FromNumber(nowUs), inbox);
		try {
			this.#steps().openTurn(nowUs, inbox);
		} catch (cause) {
			throw this.fail(cause);
		}
	}

	/** @param timers that it may still set; @throws VmError */
	closeTurn(result: number, timers: number): Effect[] {
		try {
			return this.#checked(this.#steps().closeTurn(result), timers);
		} catch (cause) {
			throw this.fail(cause);
		}
	}

	/** The core call between an `open` and its `close` has failed, and the turn with it. */
	fail(cause: unknown): VmError {
		const error = asVmError(cause, this.spec);
		this.#end(error);
		return error;
	}

	/** It is not called again. */
	leave(): void {
		this.#guest?.steps?.leave();
	}

	/** Bits of the mutable globals of the module, in their order; none where they cannot be read. */
	globals(): bigint[] {
		const { state } = this;
		return state === undefined || obstacleOf(this.spec.module) !== undefined
			? []
			: [...state.capture().globals];
	}

	/** What earlier turns have stored. */
	get stored(): ReadonlyMap<string, Uint8Array> {
		return this.#bucket ?? nothing;
	}

	/** The lines of the last turn; the next turn begins with none. */
	takeLog(): readonly LogLine[] {
		if (this.#lines.length === 0 && this.#suppressed === 0) return noLines;
		if (this.#suppressed > 0)
			this.#keep({ level: 'warn', text: `${this.#suppressed} more lines were suppressed` });
		const lines = this.#lines;
		this.#lines = noLines;
		this.#lineBytes = 0;
		this.#suppressed = 0;
		return lines;
	}

	remember(key: string, value: Uint8Array | undefined): void {
		if (value === undefined) return void this.#bucket?.delete(key);
		this.#bucket ??= new Map();
		// A copy of its own: as it came out of the guest, it holds bytes of others for as long as it stays.
		this.#bucket.set(key, new Uint8Array(value));
	}

	// Not a getter: the engine calls a private one through its runtime.
	#linked(): Guest {
		if (this.#guest === undefined) throw new VmError('vm-gone', `${this.spec.name} was not started`);
		return this.#guest;
	}

	#steps(): GuestSteps {
		return this.#stepwise ?? this.#noSteps();
	}

	#noSteps(): never {
		this.#linked();
		throw new VmError('foreign', `${this.spec.name} can only be called plainly`);
	}

	get #init(): Init {
		const { topics, config, baseband } = this.spec;
		return { vm: this.id, config, topics: topics.map(({ name }) => name), baseband };
	}

	#read(key: string): Uint8Array | undefined {
		const found = this.#bucket?.get(key);
		return this.#watch === undefined ? found : this.#watch.reads(key, found);
	}

	#begin(nowUs: bigint, inbox: readonly Event[]): void {
		this.#isOpen = true;
		this.#watch?.begins(nowUs, inbox);
	}

	#end(outcome: readonly Effect[] | VmError): void {
		if (!this.#isOpen) return;
		this.#isOpen = false;
		this.#watch?.ends(outcome, this.#guest?.fuelUsed() ?? 0);
	}

	#watched<Value>(step: () => Value): Value {
		try {
			return step();
		} catch (cause) {
			throw this.fail(cause);
		}
	}

	#checked(result: Result<Effect[], string>, timers = this.spec.budget.timers): Effect[] {
		if (result.tag === 'err')
			throw new VmError('refused', `${this.spec.name} gave the turn back: ${result.val}`);
		const effects = result.val;
		if (checkEffects(this.spec, effects, timers)) this.#checkBucket(effects);
		this.#end(effects);
		return effects;
	}

	#checkBucket(effects: readonly Effect[]): void {
		const most = this.spec.bucketBytes;
		if (most === undefined) return;
		const sizes = new Map([...this.stored].map(([key, value]) => [key, key.length + value.length]));
		for (const { tag, val } of effects) {
			if (tag === 'put') sizes.set(val.key, val.key.length + val.value.length);
			if (tag === 'delete') sizes.delete(val);
		}
		const bytes = sizes.values().reduce((sum, size) => sum + size, 0);
		if (bytes > most)
			throw new VmError('over-quota', `${this.spec.name} would keep ${bytes} bytes; its quota is ${most}`, {
				budget: 'storage',
			});
	}

	#write(line: LogLine): void {
		const { linesPerTurn, bytesPerTurn } = this.spec.log;
		this.#lineBytes += line.text.length;
		if (this.#lines.length >= linesPerTurn || this.#lineBytes > bytesPerTurn) this.#suppressed++;
		else this.#keep(line);
	}

	#keep(line: LogLine): void {
		if (this.#lines.length === 0) this.#lines = [line];
		else this.#lines.push(line);
	}
}
