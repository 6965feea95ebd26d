/** One VM comes back: from its snapshot and its records, or anew where nothing was kept. */
import type { Waiting as KeptWaiting, Sent } from '../../proto/host/durability/kept.ts';
import { recordBytes } from '../bus/outgoing.ts';
import { topicOf, wayIn, wayOut } from '../bus/ways.ts';
import type { LogLine, VmSpec } from '../vm/cell-protocol.ts';
import { VmError } from '../vm/error.ts';
import type { Resident } from '../vm/resident.ts';
import type { Vm } from '../vm/vm.ts';
import type { CellLog, Past } from './cell-log.ts';
import type { Dispatch } from './dispatches.ts';
import { DurabilityError } from './error.ts';
import { Keeper } from './keeper.ts';
import type { Keeping } from './keeping.ts';
import { decodeKept } from './kept-state.ts';
import { Ledger } from './ledger.ts';
import { RecordedReads } from './recorded-reads.ts';
import { lastLife, type Revived, revive } from './revival.ts';
import type { SnapshotTaker } from './snapshot-taker.ts';
import { endStreams, restoreSurroundings } from './surroundings.ts';

interface Found {
	readonly log: CellLog;
	readonly snapshots: SnapshotTaker;
	readonly past: Past | undefined;
	readonly loaded: Awaited<ReturnType<SnapshotTaker['load']>>;
}

export class Return {
	readonly #keeping: Keeping;
	readonly #resident: Resident;
	readonly #spec: VmSpec;
	/** What is kept of it since it was here last, where it has only failed. */
	readonly #before: Keeper | undefined;
	readonly #since: number | undefined;
	readonly #arrival: number;

	/** @param since sequence of the newest record when it was to start; undefined where the log was not open yet */
	constructor(keeping: Keeping, resident: Resident, since: number | undefined) {
		this.#keeping = keeping;
		this.#resident = resident;
		this.#spec = resident.spec;
		// That of a version that has left its place is none of its own.
		this.#before = resident.keeper?.hasLeft === true ? undefined : resident.keeper;
		this.#since = since;
		resident.arrivals++;
		this.#arrival = resident.arrivals;
	}

	/** The VM was stopped, or another attempt has begun. */
	get isOverdue(): boolean {
		const { residents } = this.#keeping.cell;
		const isHere = residents.get(this.#resident.id) === this.#resident;
		return !isHere || this.#resident.arrivals !== this.#arrival || this.#keeping.isClosed;
	}

	/** Errors: those of the journal and of the folder of the snapshots. */
	async run(): Promise<void> {
		const found = await this.#find();
		if (this.isOverdue) return;
		for (const { level, text } of found.log.takeTroubles()) this.#tell(level, text);
		try {
			if (!this.#bring(found)) await this.#anew(found);
		} catch (error) {
			if (!(error instanceof DurabilityError)) throw error;
			this.#tell('error', `${error.code}: ${error.message}; it starts anew`);
			await this.#anew(found);
		}
		this.#keeping.cell.flush();
	}

	get #isJournalled(): boolean {
		return this.#resident.isJournalled;
	}

	async #find(): Promise<Found> {
		const { name, keep } = this.#spec;
		const log = await this.#keeping.log();
		const key = { name, digest: keep?.digest ?? '' };
		const stream = this.#keeping.streamOf(this.#spec);
		const snapshots = this.#before?.snapshots ?? (await this.#keeping.takerOf(key, this.#isJournalled));
		if (this.#before !== undefined && this.#isJournalled)
			await log.journal.whenDurable(this.#before.sequence);
		const past = log.take(stream) ?? (log.knows(stream) ? await log.read(stream) : undefined);
		return { log, snapshots, past, loaded: await snapshots.load() };
	}

	/** False where there is nothing to bring back. @throws DurabilityError */
	#bring({ log, snapshots, past, loaded }: Found): boolean {
		const { snapshot } = loaded;
		const lost = [...this.#keeping.takeLost(this.#keeping.streamOf(this.#spec)), ...loaded.lost];
		// What is only of another version is found twice, and is still there.
		for (const { file, message } of new Map(lost.map((each) => [each.file, each])).values())
			this.#tell('error', `state-lost: ${file}: ${message}`);
		const { records, isWhole } = lastLife(this.#isJournalled ? (past?.records ?? []) : []);
		if (snapshot === undefined && records.length === 0) return false;
		const kept = snapshot && decodeKept(snapshot.platform, this.#spec.clockStepUs);
		const from = snapshot && kept && !isWhole ? { image: snapshot.image, kept } : undefined;
		const reads = new RecordedReads();
		const keeper = this.#keeperOf({ log, snapshots }, new Ledger(0, this.#spec.clockStepUs));
		this.#resident.keeper = keeper;
		keeper.replayed = reads;
		const vm = this.#keeping.cell.make(this.#resident, this.#spec);
		const revived = revive({ vm, reads, from, records, digest: this.#keeping.digest });
		keeper.replayed = undefined;
		keeper.sequence = revived.sequence;
		log.arrived(this.#keeping.streamOf(this.#spec));
		// In a journal that begins anew its sequence means nothing.
		if (kept !== undefined && past !== undefined) this.#keeping.snapshots.found(keeper, kept.sequence);
		if (this.#before !== undefined && this.#isJournalled) this.#goOn(keeper, this.#before, { revived, vm });
		else this.#comeBack(keeper, { revived, vm, past, sent: from?.kept.sent ?? [] });
		return true;
	}

	#keeperOf({ log, snapshots }: Pick<Found, 'log' | 'snapshots'>, ledger: Ledger): Keeper {
		const { keep } = this.#spec;
		if (keep === undefined) throw new TypeError('the VM is not one that is kept');
		const { journal } = log;
		const stream = log.streamFor(this.#keeping.streamOf(this.#spec));
		const { digest } = this.#keeping;
		return new Keeper({ resident: this.#resident, order: keep, journal, stream, snapshots, ledger, digest });
	}

	/** It has failed; everything around it is as it was. */
	#goOn(keeper: Keeper, before: Keeper, { revived, vm }: { revived: Revived; vm: Vm }): void {
		const { ledger } = before;
		if (revived.ledger.turn !== ledger.turn)
			throw new DurabilityError('state-lost', `turn ${revived.ledger.turn} is the last of ${ledger.turn}`);
		keeper.ledger = ledger;
		keeper.received = before.received;
		keeper.fuel = before.fuel;
		keeper.sequence = before.sequence;
		this.#resident.inbox.keep(({ event }) => event.tag !== 'chunk');
		endStreams({ cell: this.#keeping.cell, resident: this.#resident, ledger });
		this.#enter(keeper, vm);
	}

	/** Nothing of it is here but what was kept. */
	#comeBack(
		keeper: Keeper,
		{ revived, vm, past, sent }: { revived: Revived; vm: Vm; past: Past | undefined; sent: readonly Sent[] },
	): void {
		const { cell } = this.#keeping;
		const resident = this.#resident;
		const { ledger } = revived;
		keeper.ledger = ledger;
		for (const mark of ledger.marks.list()) keeper.received.take(mark);
		cell.mail.asking.goOnFrom(ledger.correlation);
		// What waited for it then comes before what has come since.
		const arrived = resident.inbox.take(resident.inbox.length);
		// All of it is there where another version has had its place meanwhile.
		const isThere = this.#before !== undefined || resident.isHandedOver;
		if (!isThere) for (const waiting of revived.inbox) this.#takeIn(keeper, waiting);
		for (const waiting of arrived) resident.inbox.push(waiting);
		takeMarks(keeper);
		this.#enter(keeper, vm);
		keeper.fuel = revived.fuel;
		this.#keeping.snapshots.cameBack(keeper);
		restoreSurroundings({ cell, resident, ledger });
		if (!this.#isJournalled) return this.#keeping.handOver(keeper);
		const isGone = past === undefined && revived.sequence > 0;
		if (isGone || past?.isCut === true) {
			const what = isGone ? 'is not there' : 'is damaged';
			this.#tell('error', `state-lost: the journal ${what}; what it did last never happened`);
			// A journal that begins anew counts anew, so that what was said by the old numbers is no measure.
			const joined = isGone ? 0 : ledger.joined;
			this.#keeping.join(keeper, Math.max(ledger.turn + 1, cell.clock.now()), joined);
		} else if (revived.hasLeft) this.#keeping.join(keeper, ledger.turn + 1, 0);
		this.#keeping.handOver(keeper);
		this.#sayAgain(keeper, { revived, sent, handedOver: past?.handedOver ?? 0 });
		this.#claim();
	}

	/** It gets what others have said to it meanwhile. */
	#claim(): void {
		const resident = this.#resident;
		const topics = new Set(resident.spec.topics.filter((t) => t.maySubscribe).map(wayIn));
		for (const message of this.#keeping.unclaimed.on(topics))
			this.#keeping.cell.mail.deliverKept(message, resident);
	}

	#sayAgain(
		keeper: Keeper,
		{ revived, sent, handedOver }: { revived: Revived; sent: readonly Sent[]; handedOver: number },
	): void {
		const { cell } = this.#keeping;
		const resident = this.#resident;
		const deliver = (message: Dispatch): void => {
			cell.mail.deliverKept(message);
			this.#keeping.sent(message);
		};
		for (const { turn, index, sequence, topic, payload } of sent) {
			// The box may have come back with another carrier.
			const grant = resident.spec.topics.find(({ name }) => name === topicOf(topic));
			const way = grant === undefined ? topic : wayOut(grant);
			const message = { id: { sender: resident.id, turn, index, sequence }, topic: way, payload };
			deliver(message);
			this.#keeping.leaving.repeatKept(message);
		}
		const left = Math.max(handedOver, this.#keeping.leaving.handover.turnOf(keeper.stream));
		for (const { id, effect } of revived.said) {
			const hasLeft = id.turn <= left;
			if (effect.tag === 'publish') {
				const grant = resident.spec.topics[effect.val.topic];
				if (grant?.mayPublish !== true) continue;
				const message = { id, topic: wayOut(grant), payload: effect.val.payload };
				deliver(message);
				if (hasLeft) this.#keeping.leaving.repeatKept(message);
				else this.#keeping.leaving.repeat(resident, message);
			} else if (effect.tag === 'play' && !hasLeft) cell.say({ tag: 'effect', vm: resident.id, effect });
		}
	}

	#takeIn(keeper: Keeper, { from, topic, sender, payload }: KeptWaiting): void {
		const { spec, inbox } = this.#resident;
		const index = spec.topics.findIndex(({ name, maySubscribe }) => name === topic && maySubscribe);
		if (index < 0 || (from !== undefined && !keeper.received.take(from))) return;
		const message = { topic: index, sender, correlation: 0, payload };
		const bytes = payload.length + recordBytes;
		inbox.push({ event: { tag: 'message', val: message }, bytes, topic, failures: 0, from });
	}

	#enter(keeper: Keeper, vm: Vm): void {
		for (const [key, { value }] of keeper.ledger.stored) vm.remember(key, value);
		const { state, stored } = vm;
		if (state !== undefined)
			this.#resident.recorder?.goesOn({ snapshot: keeper.snapshots.packed(state), stored });
		this.#keeping.cell.goOn(this.#resident, vm);
	}

	/** What was kept of it, if anything, is of no use. */
	async #anew({ log, snapshots, past }: Found): Promise<void> {
		if (past !== undefined && past.records.length > 0) log.renew(this.#keeping.streamOf(this.#spec));
		await snapshots.clear();
		if (this.isOverdue) return;
		// Turns are counted from the instant of its birth, so that none of an earlier life has the same number.
		log.arrived(this.#keeping.streamOf(this.#spec));
		const turn = Math.max(this.#keeping.cell.clock.now(), (this.#before?.ledger.turn ?? 0) + 1);
		const ledger = new Ledger(turn, this.#spec.clockStepUs);
		// What was said since it was to start waits for it.
		ledger.joined = this.#since ?? log.lastWhenOpened;
		const keeper = this.#keeperOf({ log, snapshots }, ledger);
		this.#resident.keeper = keeper;
		takeMarks(keeper);
		try {
			this.#keeping.cell.begin(this.#resident);
			if (this.#isJournalled) this.#claim();
		} catch (error) {
			if (!(error instanceof VmError)) throw error;
			this.#keeping.cell.stillborn(this.#resident, error);
		}
	}

	#tell(level: LogLine['level'], text: string): void {
		this.#keeping.cell.say({ tag: 'log', vm: this.#resident.id, line: { level, text } });
	}
}

/** What waits for it, said to another version or not, has come to it: it is not to come again. */
function takeMarks({ resident, received }: Keeper): void {
	if (!resident.isHandedOver) return;
	for (const { from } of resident.inbox.list()) if (from !== undefined) received.take(from);
}
