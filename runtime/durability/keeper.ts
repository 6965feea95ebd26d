/**
 * Writes down the turns of one VM, from beside it: in the journal of its cell before anything of them
 * leaves, and in the ledger that its snapshots carry.
 */
import type { Effect, Event } from '../component/generated/service.ts';
import type { Journal } from '../journal/journal.ts';
import { JournalError } from '../journal/journal-error.ts';
import type { Read } from '../recording/turn-record.ts';
import type { KeepOrder } from '../vm/cell-protocol.ts';
import { VmError } from '../vm/error.ts';
import type { Resident } from '../vm/resident.ts';
import type { TurnWatch } from '../vm/turn-watch.ts';
import type { EffectsDigest } from './effects-digest.ts';
import { type KeptTurn, putKeptTurn, recordKind, replayFuel, sizeOfKeptTurn, unsaid } from './kept-turn.ts';
import type { Ledger } from './ledger.ts';
import { Marks, type MessageId } from './marks.ts';
import type { RecordedReads } from './recorded-reads.ts';
import type { SnapshotTaker } from './snapshot-taker.ts';

export interface KeeperOptions {
	readonly resident: Resident;
	readonly order: KeepOrder;
	readonly journal: Journal;
	/** Its number in the journal; without records where only snapshots are kept. */
	readonly stream: number;
	readonly snapshots: SnapshotTaker;
	readonly ledger: Ledger;
	readonly digest: EffectsDigest;
}

const nobody: readonly MessageId[] = [];

export class Keeper implements TurnWatch {
	readonly resident: Resident;
	readonly order: KeepOrder;
	readonly isJournalled: boolean;
	readonly stream: number;
	readonly snapshots: SnapshotTaker;
	ledger: Ledger;
	/** Messages that came to its inbox, had or not. */
	received: Marks;
	/** Of its last record. */
	sequence = 0;
	/** The VM was stopped: what comes in its place is another life. */
	hasLeft = false;
	/** Units of fuel used since its last snapshot: about what bringing it back will take. */
	fuel = 0;
	/** Nothing of it may run any more. */
	isStill = false;
	/** What its reads find while it is brought back. */
	replayed: RecordedReads | undefined;
	readonly #journal: Journal;
	readonly #digest: EffectsDigest;
	#nowUs = 0;
	#inbox: readonly Event[] = [];
	#reads: Read[] = [];
	#turnFuel = 0;

	constructor({ resident, order, journal, stream, snapshots, ledger, digest }: KeeperOptions) {
		this.resident = resident;
		this.order = order;
		this.isJournalled = order.mode === 'journal';
		this.#journal = journal;
		this.#digest = digest;
		this.stream = stream;
		this.snapshots = snapshots;
		this.ledger = ledger;
		this.received = new Marks(ledger.marks.list());
	}

	/** Nothing of it is to be written that is not in a record or a snapshot. */
	get isSettled(): boolean {
		return this.isJournalled || this.fuel === 0;
	}

	/** False while the disk is full or too slow for what it does. */
	get mayRun(): boolean {
		return !this.isStill && (!this.isJournalled || this.#journal.hasRoom);
	}

	/** Whether this message is for it and new; from now on it is not. */
	receives(id: MessageId): boolean {
		return id.sequence > this.ledger.joined && this.received.take(id);
	}

	begins(nowUs: bigint, inbox: readonly Event[]): void {
		this.#nowUs = Number(nowUs);
		this.#inbox = inbox;
		this.#reads = [];
		this.resident.recorder?.begins(nowUs, inbox);
	}

	reads(key: string, found: Uint8Array | undefined): Uint8Array | undefined {
		if (this.replayed !== undefined) return this.replayed.next(key);
		this.#reads.push({ key, value: found });
		return this.resident.recorder?.reads(key, found) ?? found;
	}

	ends(outcome: readonly Effect[] | VmError, fuel: number): void {
		this.#turnFuel = fuel;
		// One that went well is recorded once it has a record here, with which what is said of it becomes durable.
		if (outcome instanceof VmError && this.replayed === undefined)
			this.resident.recorder?.ends(outcome, fuel);
	}

	/** The turn that has just returned is one that happened. @throws VmError `flooded`, then it is not */
	finished(effects: readonly Effect[]): void {
		const { ledger, resident } = this;
		const [turn, nowUs, inbox] = [ledger.turn + 1, this.#nowUs, this.#inbox];
		const had = resident.taken.length === 0 ? nobody : lastOfEach(resident);
		if (this.isJournalled) {
			const digest = this.#digest.of(effects);
			// They are in memory until they may leave.
			this.#journal.hold(this.#digest.bytes);
			const record = {
				vm: resident.id,
				turn,
				nowUs,
				inbox,
				reads: this.#reads,
				outcome: unsaid,
				fuel: this.#turnFuel,
			};
			this.#write({ had, digest, record });
		}
		resident.recorder?.ends(effects, this.#turnFuel);
		ledger.apply({ turn, nowUs, inbox, had, effects });
		this.fuel += replayFuel(this.#turnFuel);
	}

	/** A record that is no turn. */
	note(kind: number, payload: Uint8Array): void {
		this.sequence = this.#journal.append(kind, this.stream, payload);
	}

	#write(kept: KeptTurn): void {
		const kind = this.resident.stage === 'start' ? recordKind.start : recordKind.turn;
		const bytes = sizeOfKeptTurn(kept);
		try {
			this.sequence = this.#journal.encode(kind, this.stream, bytes, (into, at) =>
				putKeptTurn(into, at, kept),
			);
		} catch (cause) {
			if (!(cause instanceof JournalError)) throw cause;
			const { name } = this.resident.spec;
			throw new VmError('flooded', `${name}: a turn of ${bytes} bytes cannot be kept: ${cause.message}`, {
				cause,
			});
		}
	}
}

/** The last message of each sender in what the turn was given. */
function lastOfEach({ taken }: Resident): readonly MessageId[] {
	const [only] = taken;
	if (taken.length === 1) return only?.from === undefined ? nobody : [only.from];
	const last = new Map<number, MessageId>();
	let latest: MessageId | undefined;
	for (const { from } of taken) {
		if (from === undefined) continue;
		if (latest !== undefined && latest.sender !== from.sender) last.set(latest.sender, latest);
		latest = from;
	}
	if (latest === undefined) return nobody;
	if (last.size === 0) return [latest];
	return [...last.set(latest.sender, latest).values()];
}
