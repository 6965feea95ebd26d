/** Takes snapshots of one VM, one after another: a base, then deltas, then a base again before they get too many. */
import type { GuestState } from '../component/guest-state.ts';
import type { PageDigester } from '../digest/page-digester.ts';
import type { Origin } from './header.ts';
import { takeSnapshot } from './snapshot.ts';

export interface RecorderOptions {
	readonly origin: Origin;
	readonly digester: PageDigester;
	/** Deltas that may follow one base; default 16. */
	readonly mostDeltas?: number;
	/** Deltas may together have as many bytes as so many bases; default 1. */
	readonly mostDeltaBases?: number;
}

export interface Moment {
	/** Turns that the VM has done. */
	readonly turn: number;
	/** What the platform keeps beside the guest; default nothing. */
	readonly platform?: Uint8Array;
}

export class Recorder {
	readonly #origin: Origin;
	readonly #digester: PageDigester;
	readonly #mostDeltas: number;
	readonly #mostDeltaBases: number;
	#before: { readonly id: bigint; readonly digests: Uint32Array } | undefined;
	#deltas = 0;
	#deltaBytes = 0;
	#baseBytes = 0;

	constructor({ origin, digester, mostDeltas = 16, mostDeltaBases = 1 }: RecorderOptions) {
		this.#origin = origin;
		this.#digester = digester;
		this.#mostDeltas = mostDeltas;
		this.#mostDeltaBases = mostDeltaBases;
	}

	/** To be called between turns; the bytes are not packed. @throws StateError `not-capturable` */
	record(state: GuestState, { turn, platform = new Uint8Array(0) }: Moment): Uint8Array<ArrayBuffer> {
		const captured = state.capture();
		const digests = this.#digester.digests(captured.memory);
		const isBase =
			this.#deltas >= this.#mostDeltas || this.#deltaBytes >= this.#mostDeltaBases * this.#baseBytes;
		const before = isBase ? undefined : this.#before;
		const taken = { captured, origin: this.#origin, turn, platform, digests, before };
		const { bytes, id } = takeSnapshot(taken, this.#digester);
		this.#before = { id, digests };
		this.#deltas = before === undefined ? 0 : this.#deltas + 1;
		this.#deltaBytes = before === undefined ? 0 : this.#deltaBytes + bytes.length;
		if (before === undefined) this.#baseBytes = bytes.length;
		return bytes;
	}

	/** The next one is a base: to be called when one of those before was not kept. */
	reset(): void {
		this.#before = undefined;
	}
}
