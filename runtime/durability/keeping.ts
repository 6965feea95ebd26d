/**
 * Keeps the VMs of one cell whose manifests ask for it: brings them back, holds what leaves them until it is
 * safe, and takes their snapshots.
 */
import type { Clock } from '../clock.ts';
import type { Effect } from '../component/generated/service.ts';
import { PageDigester } from '../digest/page-digester.ts';
import { codeOf } from '../error.ts';
import type { LostSnapshot } from '../snapshot/store.ts';
import type { CellReport, VmSpec } from '../vm/cell-protocol.ts';
import { VmError } from '../vm/error.ts';
import type { KeptMail, Mail } from '../vm/mail.ts';
import type { Resident } from '../vm/resident.ts';
import type { Vm } from '../vm/vm.ts';
import { Audience, audienceStream } from './audience.ts';
import { CellLog } from './cell-log.ts';
import { type Dispatch, Dispatches } from './dispatches.ts';
import { EffectsDigest } from './effects-digest.ts';
import type { Keeper } from './keeper.ts';
import { keptCodec } from './kept-codec.ts';
import { decodeKept } from './kept-state.ts';
import { recordKind } from './kept-turn.ts';
import { keptOf, named, waitingFor } from './kept-waiting.ts';
import { type FaultReport, Leaving } from './leaving.ts';
import type { LedgerTimer } from './ledger.ts';
import { fromAfar, type MessageId } from './marks.ts';
import { Receipts } from './receipts.ts';
import { Return } from './return.ts';
import { SnapshotTaker } from './snapshot-taker.ts';
import { Snapshots } from './snapshots.ts';
import type { CellStorage } from './storage.ts';
import { Unclaimed } from './unclaimed.ts';
import { folderOf, keyOf, streamOf, type VmKey } from './vm-key.ts';

/** The cell as far as it is needed here. */
export interface KeepingCell {
	readonly clock: Clock;
	readonly residents: ReadonlyMap<number, Resident>;
	readonly mail: Mail;
	/** A VM that is not linked yet. */
	make(resident: Resident, spec: VmSpec): Vm;
	/** Has it start as a new one. */
	begin(resident: Resident): void;
	/** It goes on where it was. */
	goOn(resident: Resident, vm: Vm): void;
	/** It can neither be brought back nor begin. */
	stillborn(resident: Resident, error: VmError): void;
	apply(resident: Resident, vm: Vm, effect: Effect): void;
	arm(resident: Resident, timer: LedgerTimer): void;
	/** Has it leave its sleep. @throws VmError */
	wake(resident: Resident): void;
	/** There may be something to do for it. */
	ready(resident: Resident): void;
	say(report: CellReport): void;
	flush(): void;
}

/** How long a VM that is to be gone may take to end its turn, in milliseconds: less than a cell has to close. */
const calmMs = 1000;
/** How long VMs that were kept are waited for after the first has come back, in milliseconds. */
const patienceMs = 60_000;

export class Keeping {
	readonly cell: KeepingCell;
	readonly unclaimed = new Unclaimed();
	/** Those that are being brought back, or born. */
	readonly #coming = new Set<Return>();
	readonly #storage: CellStorage;
	readonly #digester = new PageDigester();
	#digest: EffectsDigest | undefined;
	readonly snapshots: Snapshots;
	readonly #audience: Audience;
	readonly #dispatches: Dispatches;
	readonly #receipts: Receipts;
	readonly leaving: Leaving;
	readonly #lost = new Map<string, readonly LostSnapshot[]>();
	#log: Promise<CellLog> | undefined;
	#opened: CellLog | undefined;
	#closing: Promise<void> | undefined;

	constructor(storage: CellStorage, cell: KeepingCell) {
		this.#storage = storage;
		this.cell = cell;
		this.snapshots = new Snapshots(this);
		const { clock, mail } = cell;
		this.#audience = new Audience({
			clock,
			present: () => mail.exchange.audience(),
			patienceMs,
			gaveUp: () => this.#dispatches.changed(),
		});
		const awaits = (topic: string): boolean => this.#audience.awaits(topic);
		this.#dispatches = new Dispatches({
			destinations: (topic) => mail.exchange.destinations(topic),
			dispatch: (to, message, isAgain) => mail.exchange.dispatch(to, message, isAgain),
			awaits,
		});
		this.leaving = new Leaving({
			cell,
			dispatches: this.#dispatches,
			awaits,
			journal: () => this.#opened?.journal,
			sent: (message) => void this.unclaimed.add(message),
			isAwaiting: () => this.#isAwaiting,
		});
		this.#receipts = new Receipts({
			clock,
			waiting: () => this.#waiting(),
			whenDurable: (then) => this.after(then),
			tell: (to, sender, before) => {
				mail.exchange.acknowledge(to, sender, before);
				cell.flush();
			},
		});
	}

	/** Between journalled VMs here and other cells. */
	readonly mail: KeptMail = {
		safe: (cell, sender, before) => this.#dispatches.safe(cell, sender, before),
		came: (cell, id) => this.#receipts.came(cell, id),
		early: (message) => void this.unclaimed.add(message),
		lost: (cell) => {
			this.#audience.changed();
			this.#receipts.lost(cell);
			this.#dispatches.lost(cell);
		},
		changed: () => {
			this.#audience.changed();
			this.#dispatches.changed();
		},
	};

	/** Brings a VM back, or has it start where there is nothing to bring back. */
	start(resident: Resident): void {
		const { spec } = resident;
		resident.isJournalled = spec.keep?.mode === 'journal';
		const back = new Return(this, resident, this.#opened?.journal.last);
		this.#coming.add(back);
		back
			.run()
			.catch((error: unknown) => {
				const why = `${spec.name} cannot be brought back: ${codeOf(error)}: ${error}`;
				if (!back.isOverdue) this.cell.stillborn(resident, new VmError('vm-gone', why, { cause: error }));
				this.cell.flush();
			})
			.finally(() => {
				this.#coming.delete(back);
				this.#settleUnclaimed();
			});
	}

	/** Opened when it is needed first. Errors: those of `CellLog.open`. */
	log(): Promise<CellLog> {
		this.#log ??= CellLog.open({
			storage: this.#storage,
			clock: this.cell.clock,
			snapshotOf: (stream) => this.#sequenceOf(stream),
			onDurable: (sequence) => this.#durable(sequence),
			onTrouble: ({ code, message }) => this.#tell(`what it does is held back: ${code}: ${message}`),
			onRoom: () => {
				for (const { resident } of this.keepers()) this.cell.ready(resident);
			},
		}).then(
			(log) => {
				this.#opened = log;
				this.#audience.open(log);
				this.cell.clock.after(patienceMs, () => this.giveUp());
				return log;
			},
			(error: unknown) => {
				this.#log = undefined;
				throw error;
			},
		);
		return this.#log;
	}

	/** Where the snapshots of a VM are. Errors: those of `Directory`. */
	async takerOf(key: VmKey, areWhole: boolean): Promise<SnapshotTaker> {
		const { packing, platformVersion } = this.#storage;
		const directory = (await this.#storage.snapshots()).folder(folderOf(key));
		const origin = { module: key.digest, platformVersion };
		return new SnapshotTaker({ origin, directory, packing, digester: this.#digester, areWhole });
	}

	/** Carries out what a turn asked for, as far as it may be; the rest is held until the turn is durable. */
	apply(keeper: Keeper, vm: Vm, effects: readonly Effect[]): void {
		const { resident, ledger } = keeper;
		// What it is told now is from after its birth, and a replay has to know when that was.
		const isBirth = resident.stage === 'start' && ledger.joined > 0;
		if (keeper.isJournalled) this.leaving.apply(keeper, vm, effects);
		else for (const effect of effects) this.cell.apply(resident, vm, effect);
		if (isBirth && keeper.isJournalled) this.join(keeper, ledger.turn + 1, ledger.joined);
		if (resident.stage === 'start') this.handOver(keeper);
		this.snapshots.turnDone(keeper);
	}

	/** Something that is to be seen of the newest turn of a journalled VM: told once it is durable. */
	tell(report: CellReport): void {
		this.leaving.tell(report);
	}

	/** Told once everything that the VMs have said, and what came of it, has left. */
	tellFault(report: FaultReport): void {
		this.leaving.tellFault(report);
	}

	/** Once everything that the VMs have said, and what came of it, has left. */
	after(go: () => void): void {
		this.leaving.whenSafe(this.#opened?.journal.last ?? 0, go);
	}

	/** A message between kept VMs, also for those that have not come back yet. */
	sent(message: Dispatch): void {
		if (this.#isAwaiting) this.unclaimed.add(message);
	}

	/** Nobody else is waited for. */
	giveUp(): void {
		this.#opened?.giveUp();
		this.unclaimed.clear();
	}

	*keepers(): Generator<Keeper> {
		for (const { keeper } of this.cell.residents.values()) if (keeper !== undefined) yield keeper;
	}

	/** The box has what was handed over with this number, and all before. */
	heard(number: number): void {
		this.leaving.heard(number);
	}

	/** The VM ends the turn it is in, if its state is to be kept and that is what it takes; no other begins. */
	async calm(keeper: Keeper): Promise<void> {
		const { resident, isJournalled } = keeper;
		if (isJournalled || !resident.isInTurn) return;
		resident.isLeaving = true;
		const late = Promise.withResolvers<void>();
		const timer = this.cell.clock.after(calmMs, () => late.resolve());
		await Promise.race([resident.whenRested(), late.promise]);
		timer.cancel();
	}

	/** The VM may not run for now: what is to be kept of it, and is not yet, is written down once its turn has ended. */
	async suspend(keeper: Keeper): Promise<void> {
		if (keeper.isSettled && !keeper.resident.isInTurn) return;
		if (keeper.resident.isInTurn) await keeper.resident.whenRested();
		// The rest of what came of that turn is done first.
		if (keeper.resident.isSuspended) await this.snapshots.settle(keeper);
	}

	/**
	 * The VM is stopped alone: its state, and what waits for it, is kept until it starts again. What it is when
	 * this is called is what is kept, whatever becomes of it then.
	 */
	async leave(keeper: Keeper): Promise<void> {
		keeper.isStill = true;
		keeper.hasLeft = true;
		await this.#rest(keeper, true);
	}

	/** What is kept of another module of this name is forgotten, or of every one. */
	async forget(name: string, butFor: string | undefined): Promise<void> {
		const log = await this.log();
		for (const stream of log.streams()) {
			const key = keyOf(stream);
			if (key === undefined || key.name !== name || key.digest === butFor) continue;
			log.forget(stream);
			// At once, or what is forgotten would come back with a power cut.
			log.journal.flush();
			await (await this.takerOf(key, true)).clear();
		}
	}

	/** Nothing runs any more, and everything is made durable and has left; a second call waits for the first. */
	close(): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	async #close(): Promise<void> {
		const log = await this.#log?.catch(() => undefined);
		if (log === undefined) return;
		await Promise.all(this.keepers().map((keeper) => this.calm(keeper)));
		const keepers = [...this.keepers()];
		for (const keeper of keepers) keeper.isStill = true;
		await Promise.allSettled(keepers.map((keeper) => this.#rest(keeper, false)));
		await log.journal.close().catch(() => undefined);
	}

	/** What of this VM's words to other cells is not safe there yet. */
	dispatched(sender: number): readonly Dispatch[] {
		return this.#dispatches.of(sender);
	}

	/** Somebody of this cell is not there yet whom others may tell something. */
	get #isAwaiting(): boolean {
		return this.#coming.size > 0 || this.#opened?.isAwaiting === true;
	}

	/** What nobody has had once all are there is for none of them. */
	#settleUnclaimed(): void {
		if (!this.#isAwaiting) this.unclaimed.clear();
	}

	get digest(): EffectsDigest {
		this.#digest ??= new EffectsDigest(this.#digester);
		return this.#digest;
	}

	get isClosed(): boolean {
		return this.#closing !== undefined;
	}

	/** Messages from other cells that no durable or coming record has. */
	*#waiting(): Generator<MessageId> {
		for (const { resident } of this.keepers())
			for (const { from } of [...resident.taken, ...resident.inbox.list()])
				if (from?.sequence === fromAfar) yield from;
		for (const { item } of this.cell.mail.heldFromAfar()) if (item.from !== undefined) yield item.from;
		yield* this.unclaimed.fromAfar();
	}

	#durable(sequence: number): void {
		this.leaving.release(sequence);
		const journal = this.#opened?.journal;
		const wanted = this.isClosed ? undefined : journal?.wantsSnapshot();
		if (wanted?.name === audienceStream) this.#audience.renew();
		else if (wanted !== undefined)
			for (const keeper of this.keepers())
				if (keeper.stream === wanted.stream) void this.snapshots.take(keeper);
		this.cell.flush();
	}

	async #rest(keeper: Keeper, left: boolean): Promise<void> {
		const { resident, ledger } = keeper;
		if (!keeper.isJournalled) return this.snapshots.takeLast(keeper);
		const inbox = keptOf(waitingFor(resident, this.cell));
		ledger.turn++;
		keeper.note(recordKind.rest, keptCodec().Rest.encode({ turn: ledger.turn, inbox, left }));
		const { journal } = await this.log();
		await journal.whenDurable(keeper.sequence);
	}

	/** What waits for it from the version before is its own from now on, and comes again after a power cut. */
	handOver(keeper: Keeper): void {
		const { resident, ledger, isJournalled } = keeper;
		if (!resident.isHandedOver) return;
		resident.isHandedOver = false;
		if (!isJournalled) return;
		const waiting = resident.inbox.take(resident.inbox.length);
		const turn = ++ledger.turn;
		keeper.note(recordKind.rest, keptCodec().Rest.encode({ turn, inbox: keptOf(waiting), left: false }));
		for (const item of named(waiting, { turn, sequence: keeper.sequence })) resident.inbox.push(item);
	}

	/** Says that a VM goes on with another number of its turn. */
	join(keeper: Keeper, turn: number, joined: number): void {
		keeper.ledger.turn = turn;
		keeper.note(recordKind.joined, keptCodec().Joined.encode({ turn, joined }));
		keeper.ledger.joined = joined === 0 ? keeper.sequence : joined;
	}

	async #sequenceOf(stream: string): Promise<number | undefined> {
		const key = keyOf(stream);
		if (key === undefined) return undefined;
		const { snapshot, lost } = await (await this.takerOf(key, true)).load();
		this.#lost.set(stream, lost);
		return snapshot === undefined ? undefined : decodeKept(snapshot.platform, 1).sequence;
	}

	/** Snapshots of this one that could not be read when the journal was opened, once: they are gone since. */
	takeLost(stream: string): readonly LostSnapshot[] {
		const lost = this.#lost.get(stream) ?? [];
		this.#lost.delete(stream);
		return lost;
	}

	/** The streams of VMs, whether they are here or not. */
	streamOf(spec: VmSpec): string {
		return streamOf({ name: spec.name, digest: spec.keep?.digest ?? '' });
	}

	#tell(text: string): void {
		for (const { resident } of this.keepers())
			this.cell.say({ tag: 'log', vm: resident.id, line: { level: 'warn', text } });
		this.cell.flush();
	}
}
