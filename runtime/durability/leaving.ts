/**
 * What the turns of journalled VMs ask for, and what is to be seen of them, as it leaves their cell: at once as
 * far as it may, the rest once it is durable.
 */
import { wayOut } from '../bus/ways.ts';
import type { Effect } from '../component/generated/service.ts';
import type { Journal } from '../journal/journal.ts';
import { isBoxEffect } from '../vm/box-effects.ts';
import type { CellReport } from '../vm/cell-protocol.ts';
import type { Resident } from '../vm/resident.ts';
import type { Vm } from '../vm/vm.ts';
import type { Dispatch, Dispatches } from './dispatches.ts';
import { Handover } from './handover.ts';
import { HeldEffects } from './held-effects.ts';
import type { Keeper } from './keeper.ts';
import type { KeepingCell } from './keeping.ts';
import type { MessageId } from './marks.ts';

export interface LeavingOptions {
	readonly cell: KeepingCell;
	readonly dispatches: Dispatches;
	/** Whether somebody of another cell who wants this topic is not there at present. */
	readonly awaits: (topic: string) => boolean;
	/** Undefined while it is not open: then nothing has been kept. */
	readonly journal: () => Journal | undefined;
	/** A message between journalled VMs, also for those that are not there yet. */
	readonly sent: (message: Dispatch) => void;
	/** Whether there are such. */
	readonly isAwaiting: () => boolean;
}

export type FaultReport = Extract<CellReport, { readonly tag: 'fault' }>;

/** What a report takes in memory while it is held, beside its text or payload. */
const reportBytes = 200;

export class Leaving {
	readonly handover = new Handover();
	readonly #options: LeavingOptions;
	readonly #held = new HeldEffects();
	/** What leaves now is durable, and so is all that comes of it. */
	#isReleasing = false;

	constructor(options: LeavingOptions) {
		this.#options = options;
	}

	/** What a turn asked for that is in the record of this keeper. */
	apply(keeper: Keeper, vm: Vm, effects: readonly Effect[]): void {
		const { resident, sequence, ledger, stream } = keeper;
		const { turn } = ledger;
		const sender = resident.id;
		const late: number[] = [];
		for (let index = 0; index < effects.length; index++) {
			const effect = effects[index] as Effect;
			if (this.#pass(resident, vm, effect, { sender, turn, index, sequence })) late.push(index);
		}
		if (late.length === 0) return;
		this.#held.hold(sequence, () => {
			for (const index of late)
				this.#passRest(resident, vm, effects[index] as Effect, { sender, turn, index, sequence });
			this.handover.add(stream, turn);
		});
		this.#options.journal()?.need(sequence);
	}

	/** Everything up to this record is durable. */
	release(sequence: number): void {
		this.#isReleasing = true;
		try {
			this.#held.release(sequence);
		} finally {
			this.#isReleasing = false;
		}
		const number = this.handover.close();
		if (number !== undefined) this.#options.cell.say({ tag: 'handed-over', number });
	}

	/**
	 * Lets those outside see something of the newest turn, once it is durable: a log line, a message that
	 * somebody traces, the turn in a recording. Also of one that failed: it did not happen, but what it was
	 * given did, and may be in no durable record yet.
	 *
	 * Who traces looks on, and waits no longer than for any other effect. Log lines are always written, mostly
	 * for nobody: groups for them alone would wear the flash, and use up the allowance of those who wait for a
	 * message. So they have a few at once, as a person needs who follows them, and in the long run none more
	 * than without any line: then they come up to a second late (`Journal.wish`).
	 */
	tell(report: CellReport): void {
		const { cell } = this.#options;
		const journal = this.#options.journal();
		if (this.#isReleasing || journal === undefined || journal.last <= journal.durable)
			return cell.say(report);
		// A full disk lets them gather: they count as what holds turns back.
		journal.hold(reportBytes + sizeOf(report));
		const held = withTime(report, cell.clock.now());
		this.#held.hold(journal.last, () => cell.say(held));
		if (report.tag === 'seen') journal.need(journal.last);
		else journal.wish(journal.last);
	}

	/** The report of a turn that failed, and of which nothing else is told: once all that was held before has left. */
	tellFault(report: FaultReport): void {
		const { cell, journal } = this.#options;
		const held = withTime(report, cell.clock.now());
		this.whenSafe(journal()?.last ?? 0, () => cell.say(held));
	}

	/** The box has what was handed over with this number, and all before. */
	heard(number: number): void {
		const journal = this.#options.journal();
		for (const [stream, turn] of this.handover.heard(number)) journal?.acknowledge(stream, turn);
	}

	/** Calls `go` once this record is durable, behind all that was held before. */
	whenSafe(sequence: number, go: () => void): void {
		const journal = this.#options.journal();
		if (journal === undefined || sequence <= journal.durable) return go();
		this.#held.hold(sequence, go);
		journal.need(sequence);
	}

	/** What may have to be said again after a crash, to those outside of the journal. */
	repeat(resident: Resident, message: Dispatch): void {
		this.#options.cell.mail.publishUnkept(resident, message);
		this.#options.dispatches.send(message, false);
	}

	/** The same where all but journalled VMs have surely had it. */
	repeatKept(message: Dispatch): void {
		this.#options.dispatches.send(message, true);
	}

	/** What of an effect need not wait until it is durable; true where the rest of it has to. */
	#pass(resident: Resident, vm: Vm, effect: Effect, id: MessageId): boolean {
		const { cell, awaits, sent, isAwaiting } = this.#options;
		if (effect.tag === 'publish') {
			const way = cell.mail.wayOf(resident, effect.val.topic);
			if (way === undefined) return false;
			const { way: topic, routes, isAbroad, isUnkept, isSole } = way;
			const [isAwaited, isForLater] = [awaits(topic), isAwaiting()];
			const message = { id, topic, payload: effect.val.payload };
			cell.mail.publishKept(resident, routes, message, isSole && !isAwaited && !isForLater);
			if (isForLater) sent(message);
			return isUnkept || isAbroad || isAwaited;
		}
		if (effect.tag === 'request' || effect.tag === 'reply') {
			if (!cell.mail.asking.staysKept(resident, effect)) return true;
		} else if (isBoxEffect(effect)) {
			if (effect.tag === 'put') vm.remember(effect.val.key, effect.val.value);
			if (effect.tag === 'delete') vm.remember(effect.val, undefined);
			return true;
		}
		cell.apply(resident, vm, effect);
		return false;
	}

	/** The rest of it. */
	#passRest(resident: Resident, vm: Vm, effect: Effect, id: MessageId): void {
		const { cell } = this.#options;
		if (effect.tag === 'publish') {
			const { topic, payload } = effect.val;
			const grant = resident.spec.topics[topic];
			if (grant !== undefined) this.repeat(resident, { id, topic: wayOut(grant), payload });
		} else if (isBoxEffect(effect)) cell.say({ tag: 'effect', vm: resident.id, effect });
		else cell.apply(resident, vm, effect);
	}
}

/** A line is of the time when it was said, however late it is told. */
function withTime(report: CellReport, at: number): CellReport {
	if (report.tag === 'log') return { ...report, line: { ...report.line, at } };
	return report.tag === 'fault' ? { ...report, log: report.log.map((line) => ({ ...line, at })) } : report;
}

/** Of what a report carries, in bytes. */
function sizeOf(report: CellReport): number {
	switch (report.tag) {
		case 'log':
			return report.line.text.length;
		case 'recorded':
			return report.bytes.length;
		case 'seen':
		case 'set-aside':
			return report.payload.length;
		default:
			return 0;
	}
}
