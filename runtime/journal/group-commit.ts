/**
 * Collects records while the group before them is on its way to the disk, and sends them as the next.
 *
 * One group is under way at a time, and nothing waits for the disk but who asked to be told. A group
 * begins when it is large enough, when somebody has waited for a record of it long enough, or, if nobody
 * waits, when its first record has been held for long: an idle box writes next to nothing.
 */
import type { Clock, Timer } from '../clock.ts';
import { DirectoryError } from '../directory-error.ts';
import { GroupBuffer, type WriteRecord } from './group-buffer.ts';
import { JournalError } from './journal-error.ts';
import { SyncAllowance } from './sync-allowance.ts';

/** First wait before a failed write is tried again, doubled each time. */
const firstRetryMs = 50;
const lastRetryMs = 5000;

export interface GroupCommitOptions {
	readonly clock: Clock;
	readonly holdMs: number;
	readonly lazyMs: number;
	readonly smallGroupsPerSecond: number;
	readonly groupBytes: number;
	readonly heldBytes: number;
	/** Called just before a group is closed: what else has to be said in it. */
	readonly complete: () => void;
	/** Makes the group durable, or rejects and may be called again with the same. */
	readonly write: (group: GroupBuffer, range: { first: number; last: number }) => Promise<void>;
	/** Everything up to `sequence` is durable. */
	readonly done: (sequence: number) => void;
	readonly onTrouble: (error: JournalError) => void;
	/** There is room again. */
	readonly onRoom: () => void;
}

export class GroupCommit {
	readonly #options: GroupCommitOptions;
	readonly #allowance: SyncAllowance;
	/** Of groups for what is only wished for. */
	readonly #wishes: SyncAllowance;
	#filling: GroupBuffer;
	#spare: GroupBuffer;
	/** Sequence of the next record. */
	#next: number;
	/** Everything up to here is in a group under way or durable. */
	#sealed: number;
	#durable: number;
	#isDue = false;
	#hadNoRoom = false;
	#hold: Timer | undefined;
	#lazy: Timer | undefined;
	#isRunning = false;
	#running: Promise<void> | undefined;
	#retry: { timer: Timer; now: () => void } | undefined;
	#trouble: JournalError | undefined;
	#state: 'open' | 'closing' | 'ended' = 'open';

	constructor(next: number, options: GroupCommitOptions) {
		this.#options = options;
		this.#allowance = new SyncAllowance(options.clock, options.smallGroupsPerSecond);
		this.#wishes = new SyncAllowance(options.clock, 1000 / options.lazyMs);
		this.#next = next;
		this.#sealed = next - 1;
		this.#durable = next - 1;
		this.#filling = new GroupBuffer(options.groupBytes * 4);
		this.#spare = new GroupBuffer(options.groupBytes * 4);
	}

	get next(): number {
		return this.#next;
	}

	/** Everything up to this sequence is in a group that is closed. */
	get sealed(): number {
		return this.#sealed;
	}

	get durable(): number {
		return this.#durable;
	}

	/** Why nothing becomes durable at present. */
	get trouble(): JournalError | undefined {
		return this.#trouble;
	}

	/** Nothing will become durable any more. */
	get hasEnded(): boolean {
		return this.#state === 'ended';
	}

	/** Who was told that there is none is told by `onRoom` when there is. */
	get hasRoom(): boolean {
		const hasRoom = this.#state === 'open' && this.#filling.heldBytes < this.#options.heldBytes;
		if (!hasRoom) this.#hadNoRoom = true;
		return hasRoom;
	}

	/** Bytes held for the next group. */
	get bytes(): number {
		return this.#filling.bytes;
	}

	add(kind: number, stream: number, payload: Uint8Array): number {
		this.#requireOpen();
		this.#filling.add(kind, stream, payload);
		return this.#added();
	}

	encode(kind: number, stream: number, mostBytes: number, write: WriteRecord): number {
		this.#requireOpen();
		this.#filling.encode(kind, stream, mostBytes, write);
		return this.#added();
	}

	/** So many bytes more wait in memory until the newest record, or the next one, is durable. */
	hold(bytes: number): void {
		this.#filling.hold(bytes);
	}

	/** Adds to the group that is just being completed. */
	addLast(kind: number, stream: number, payload: Uint8Array): void {
		this.#filling.add(kind, stream, payload);
		this.#next++;
	}

	/** Somebody waits for everything up to `sequence`. */
	need(sequence: number): void {
		if (sequence <= this.#sealed || this.#hold !== undefined || this.hasEnded) return;
		const { clock, holdMs } = this.#options;
		this.#hold = clock.after(Math.max(holdMs, this.#allowance.waitMs), () => this.flush());
	}

	/**
	 * Somebody may wait for everything up to `sequence`: as `need`, but in the long run for no more groups than
	 * records have that nobody waits for.
	 */
	wish(sequence: number): void {
		if (sequence <= this.#sealed || this.#hold !== undefined || this.#wishes.waitMs > 0) return;
		this.#wishes.use();
		this.need(sequence);
	}

	/** There is something to write that nobody waits for. */
	mention(): void {
		if (this.hasEnded) return;
		this.#lazy ??= this.#options.clock.after(this.#options.lazyMs, () => this.flush());
	}

	/** Begins a group as soon as the one before is durable. */
	flush(): void {
		this.#isDue = true;
		this.#begin();
	}

	/** Resolves when everything is durable, and rejects with what stands in the way of it. */
	async close(): Promise<void> {
		if (this.#state === 'open') this.#state = 'closing';
		this.#retry?.now();
		this.flush();
		await this.#running;
		this.#end();
		if (this.#trouble !== undefined) throw this.#trouble;
	}

	#isFull({ heldBytes }: GroupBuffer): boolean {
		return heldBytes >= this.#options.groupBytes;
	}

	#requireOpen(): void {
		if (this.#state !== 'open')
			throw this.#trouble ?? new JournalError('closed', 'the journal has been closed');
	}

	#added(): number {
		const sequence = this.#next++;
		if (this.#isFull(this.#filling)) this.#begin();
		else if (this.#lazy === undefined) this.mention();
		return sequence;
	}

	#begin(): void {
		if (this.#isRunning || this.#state === 'ended') return;
		this.#isRunning = true;
		this.#running = this.#run();
	}

	async #run(): Promise<void> {
		try {
			while (this.#isDue || this.#isFull(this.#filling)) {
				this.#isDue = false;
				this.#options.complete();
				if (this.#filling.count === 0 || !(await this.#writeNext())) return;
			}
		} finally {
			// In the same step as the last look at what is due, so that nobody's wish falls in between.
			this.#isRunning = false;
		}
	}

	/** False when it was given up. */
	async #writeNext(): Promise<boolean> {
		const group = this.#filling;
		const range = { first: this.#sealed + 1, last: this.#next - 1 };
		this.#sealed = range.last;
		if (!this.#isFull(group)) this.#allowance.use();
		this.#filling = this.#spare;
		this.#calm();
		this.#tellRoom();
		if (!(await this.#writeUntilDone(group, range))) return false;
		group.clear();
		this.#spare = group;
		this.#durable = range.last;
		this.#options.done(range.last);
		// What is held beside no record was held for one of this group.
		if (this.#filling.count === 0) {
			this.#filling.letGo();
			this.#tellRoom();
		}
		return true;
	}

	/** False when it was given up. */
	async #writeUntilDone(group: GroupBuffer, range: { first: number; last: number }): Promise<boolean> {
		for (let waitMs = firstRetryMs; ; waitMs = Math.min(waitMs * 2, lastRetryMs)) {
			try {
				await this.#options.write(group, range);
				this.#trouble = undefined;
				return true;
			} catch (cause) {
				const isFull = cause instanceof DirectoryError && cause.code === 'disk-full';
				const message = cause instanceof Error ? cause.message : String(cause);
				this.#trouble = new JournalError(isFull ? 'disk-full' : 'io', message, { cause });
				// Anything that is not the disk's own word is a mistake, which trying again cannot mend.
				if (!(cause instanceof DirectoryError) || this.#state !== 'open') this.#end();
				this.#options.onTrouble(this.#trouble);
				if (this.#state === 'ended') return false;
			}
			await this.#pause(waitMs);
		}
	}

	#pause(ms: number): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		const now = (): void => {
			this.#retry?.timer.cancel();
			this.#retry = undefined;
			resolve();
		};
		this.#retry = { timer: this.#options.clock.after(ms, now), now };
		return promise;
	}

	#tellRoom(): void {
		if (!this.#hadNoRoom || this.#state !== 'open') return;
		this.#hadNoRoom = false;
		this.#options.onRoom();
	}

	#calm(): void {
		this.#hold?.cancel();
		this.#lazy?.cancel();
		this.#hold = undefined;
		this.#lazy = undefined;
	}

	#end(): void {
		this.#state = 'ended';
		this.#calm();
	}
}
