/**
 * Plays the timed frames of one session and keeps the account of what a listener would notice.
 *
 * Frames are taken from one owner at a time, in the order of their numbers. A frame that comes
 * after its own time is late; a number that comes again is doubled; one that is skipped is lost.
 */
import type { Clock, Timer } from '../../clock.ts';
import type { VmId } from '../../vm/cell-protocol.ts';
import type { AudioOutput } from './audio-output.ts';

export interface TimedFrame {
	readonly sequence: number;
	/** When it is to be heard: microseconds since the epoch. */
	readonly atUs: number;
	readonly durationUs: number;
	readonly bytes: Uint8Array;
}

export interface PlaybackAccount {
	/** Frames taken from VMs. */
	readonly sent: number;
	readonly played: number;
	readonly lost: number;
	readonly doubled: number;
	readonly late: number;
	/** Frames of a VM that did not own the session, or for which there was no room. */
	readonly refused: number;
	/** Longest silence between the end of a frame and the start of the next one, as they were due. */
	readonly longestGapUs: number;
	/** Longest time between the instant a frame was due and the instant it was given to the output. */
	readonly worstJitterUs: number;
	/** Media time that is here and not yet due. */
	readonly bufferedUs: number;
	readonly bytes: number;
}

export interface FramePlayerOptions {
	readonly clock: Clock;
	readonly output: AudioOutput;
	/** Frames waiting for their time; more are refused. Default 4096. */
	readonly mostFrames?: number;
}

export class FramePlayer {
	readonly #clock: Clock;
	readonly #output: AudioOutput;
	readonly #mostFrames: number;
	#owner: VmId | undefined;
	#queue: TimedFrame[] = [];
	#timer: Timer | undefined;
	#next = 0;
	#nextAtUs = 0;
	#account = {
		sent: 0,
		played: 0,
		lost: 0,
		doubled: 0,
		late: 0,
		refused: 0,
		longestGapUs: 0,
		worstJitterUs: 0,
		bytes: 0,
	};

	constructor({ clock, output, mostFrames = 4096 }: FramePlayerOptions) {
		this.#clock = clock;
		this.#output = output;
		this.#mostFrames = mostFrames;
	}

	get owner(): VmId | undefined {
		return this.#owner;
	}

	/** The number of the first frame that is not here yet, and when it is due. */
	get next(): { readonly sequence: number; readonly atUs: number } {
		return { sequence: this.#next, atUs: this.#nextAtUs };
	}

	/** The number of the first frame that has not been given to the output. */
	get nextToPlay(): number {
		return this.#queue[0]?.sequence ?? this.#next;
	}

	/** From now on only frames of this VM are taken; undefined is: nobody's. */
	assign(owner: VmId | undefined): void {
		this.#owner = owner;
	}

	take(vm: VmId, frame: TimedFrame): void {
		const account = this.#account;
		if (vm !== this.#owner || this.#queue.length >= this.#mostFrames) {
			account.refused++;
			return;
		}
		if (frame.sequence < this.#next) {
			account.doubled++;
			return;
		}
		account.sent++;
		account.lost += frame.sequence - this.#next;
		const isFirst = this.#nextAtUs === 0;
		if (!isFirst) account.longestGapUs = Math.max(account.longestGapUs, frame.atUs - this.#nextAtUs);
		if (frame.atUs < this.#clock.now()) account.late++;
		this.#next = frame.sequence + 1;
		this.#nextAtUs = frame.atUs + frame.durationUs;
		this.#queue.push(frame);
		this.#arm();
	}

	account(): PlaybackAccount {
		const bufferedUs = Math.max(0, this.#nextAtUs - this.#clock.now());
		return { ...this.#account, bufferedUs: this.#queue.length === 0 ? 0 : bufferedUs };
	}

	/** Goes on from `sequence` as if nothing behind it had been heard: after a restart of the box. */
	async rewind({ sequence, place }: { sequence: number; place: number }): Promise<void> {
		this.#timer?.cancel();
		this.#timer = undefined;
		this.#queue = [];
		this.#next = sequence;
		this.#nextAtUs = 0;
		this.#account.played = sequence;
		this.#account.sent = sequence;
		await this.#output.truncate(place);
	}

	/** Resolves when every frame that is here has been given to the output, and that is kept. */
	async drain(): Promise<void> {
		while (this.#queue.length > 0) {
			const { promise, resolve } = Promise.withResolvers<void>();
			this.#clock.after(Math.max(1, (this.#nextAtUs - this.#clock.now()) / 1000), resolve);
			await promise;
		}
		// The last frame is heard until its end.
		await this.#output.flush();
	}

	stop(): void {
		this.#timer?.cancel();
		this.#timer = undefined;
		this.#owner = undefined;
	}

	#arm(): void {
		const first = this.#queue[0];
		if (first === undefined || this.#timer !== undefined) return;
		this.#timer = this.#clock.after(Math.max(0, (first.atUs - this.#clock.now()) / 1000), () => {
			this.#timer = undefined;
			this.#play();
			this.#arm();
		});
	}

	#play(): void {
		const now = this.#clock.now();
		let due = this.#queue[0];
		while (due !== undefined && due.atUs <= now) {
			this.#output.write(due.bytes);
			this.#account.played++;
			this.#account.bytes += due.bytes.length;
			this.#account.worstJitterUs = Math.max(this.#account.worstJitterUs, now - due.atUs);
			this.#queue.shift();
			due = this.#queue[0];
		}
	}
}
