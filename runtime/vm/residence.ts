/**
 * Who lives in a cell: VMs are started here, and leave so that nothing of them stays.
 *
 * Messages find a VM from its start on and wait for it; what the cell says last of one is `stopped`, after all
 * that it said itself.
 */
import type { Clock } from '../clock.ts';
import { type CodeReader, type KeptCode, ServiceCode } from '../component/service-code.ts';
import type { Keeper } from '../durability/keeper.ts';
import type { Keeping } from '../durability/keeping.ts';
import { Recorder } from '../recording/recorder.ts';
import type { CellReport, Regrant, VmId, VmSpec } from './cell-protocol.ts';
import { crashOf } from './crash.ts';
import { VmError } from './error.ts';
import type { Hibernation } from './hibernation.ts';
import { HousedSpec } from './housed-spec.ts';
import type { Mail } from './mail.ts';
import type { Moves } from './moves.ts';
import type { Reclaim } from './reclaim.ts';
import { Resident } from './resident.ts';
import { topicsMessage } from './topics-message.ts';
import type { Turns } from './turns.ts';
import { takePlace, vacate } from './vacancy.ts';

export interface ResidenceOptions {
	readonly clock: Clock;
	/** Those who are here: changed by nobody else. */
	readonly residents: Map<VmId, Resident>;
	readonly mail: Mail;
	readonly turns: Turns;
	readonly hibernation: Hibernation;
	readonly moves: Moves;
	/** Brings back VMs whose manifests ask for it; undefined where none is kept. */
	readonly keeping: Keeping | undefined;
	/** Where the code of those is found again that sleep; undefined where it stays in memory. */
	readonly code: CodeReader | undefined;
	/** Memory has become free. */
	readonly reclaim: Reclaim;
	readonly say: (report: CellReport) => void;
	/** Says what is to be seen of this VM: of a journalled one not before it is sure. */
	readonly tell: (resident: Resident, report: CellReport) => void;
	/** Called after something was said outside of a turn. */
	readonly flush: () => void;
}

export class Residence {
	readonly #options: ResidenceOptions;

	constructor(options: ResidenceOptions) {
		this.#options = options;
	}

	/** Has a VM start, be brought back or move in; one that has failed here finds what waits for it. */
	start(id: VmId, spec: VmSpec): void {
		const { clock, residents, mail, turns, hibernation, moves, keeping } = this.#options;
		const now = clock.now();
		const resident = residents.get(id) ?? new Resident(id, spec, now);
		residents.set(id, resident);
		if (resident.isVacant) takePlace(resident, spec, { mail, nowUs: now });
		hibernation.gone(resident);
		resident.code = new ServiceCode(spec.module, this.#keptCode(spec));
		resident.spec = new HousedSpec(spec, resident.code);
		resident.startedAtUs = now;
		resident.isSuspended = false;
		resident.recorder = this.#recorderFor(resident);
		if (!resident.isJournalled) mail.asking.beginsAnew(resident);
		try {
			if (spec.passage !== undefined) moves.arrive(resident, spec.passage);
			else if (spec.keep !== undefined && keeping !== undefined) keeping.start(resident);
			else turns.begin(resident);
			// Where it goes on with what it was, it may not know them all.
			const known = topicsMessage(spec.topics, 0);
			if (spec.isContainer === true && known !== undefined) resident.inbox.giveBack([known]);
			// What comes while it starts waits for it.
			mail.join(resident);
		} catch (error) {
			if (!(error instanceof VmError)) throw error;
			this.stillborn(resident, error);
		}
	}

	/** One that runs has other ways from now on, or more topics behind those that it has. */
	regrant({ vm, topics }: Regrant): void {
		const { residents, mail } = this.#options;
		const resident = residents.get(vm);
		if (!(resident?.spec instanceof HousedSpec)) return;
		const { spec } = resident;
		const known = spec.topics.length;
		spec.topics = topics;
		const news = topicsMessage(topics, known);
		if (news !== undefined) {
			resident.recorder?.close('its topics have changed');
			mail.tell(resident, news);
		}
		mail.join(resident);
	}

	/** Its start, or its way back, has ended well. */
	started(resident: Resident): void {
		const { clock, hibernation, reclaim, say } = this.#options;
		const { id, startedAtUs } = resident;
		say({ tag: 'started', vm: id, tookUs: clock.now() - startedAtUs });
		hibernation.mind(resident);
		reclaim('start');
	}

	/** It could not be called even once. */
	stillborn(resident: Resident, error: VmError): void {
		const crash = crashOf({ resident, error, given: [] });
		this.#options.say({ tag: 'fault', vm: resident.id, code: error.code, log: [], ...crash });
	}

	/**
	 * Answered with `stopped`, also for one that is not here.
	 *
	 * @param forNext another version is to come, for which its place is kept
	 */
	stop(id: VmId, forNext = false): void {
		const { residents, keeping } = this.#options;
		const resident = residents.get(id);
		if (resident !== undefined) {
			resident.recorder?.close('the VM was stopped');
			const { keeper } = resident;
			// Of one that has left already, all is written.
			if (keeper !== undefined && keeping !== undefined && !resident.isVacant)
				return void this.#leave(keeping, keeper, forNext);
			this.#vacate(resident, forNext);
		}
		this.#sayStopped(id);
	}

	/** Of the VM nothing stays here. */
	remove(resident: Resident): void {
		const { residents, mail, turns, hibernation } = this.#options;
		turns.end(resident);
		hibernation.gone(resident);
		resident.clearTimers();
		residents.delete(resident.id);
		mail.leave(resident);
	}

	#vacate(resident: Resident, forNext: boolean): void {
		if (forNext) vacate(resident, this.#options);
		else this.remove(resident);
	}

	async #leave(keeping: Keeping, keeper: Keeper, forNext: boolean): Promise<void> {
		const { resident } = keeper;
		if (!keeper.isJournalled && resident.isInTurn) await keeping.calm(keeper);
		if (this.#options.residents.get(resident.id) === resident) {
			// What it is, and what waits for it, is taken while it is still there.
			const kept = keeping.leave(keeper);
			this.#vacate(resident, forNext);
			// What cannot be written now is what the journal held before.
			await kept.catch(() => undefined);
		}
		this.#sayStopped(resident.id);
		this.#options.flush();
	}

	/**
	 * Also of one that has not come yet: who waits for this must not wait for ever. Not before the last that it
	 * said is on its way: elsewhere, it may say more as soon as it has stopped here.
	 */
	#sayStopped(id: VmId): void {
		const { mail, say } = this.#options;
		mail.exchange.whenSaid(id, () => say({ tag: 'stopped', vm: id }));
	}

	#keptCode({ code: key }: VmSpec): KeptCode | undefined {
		const { code: reader } = this.#options;
		return key === undefined || reader === undefined ? undefined : { key, reader };
	}

	#recorderFor(resident: Resident): Recorder | undefined {
		const { id: vm, spec } = resident;
		const { recording } = spec;
		if (recording === undefined) return undefined;
		return new Recorder({
			vm,
			order: recording,
			say: (recorded) =>
				this.#options.tell(resident, { tag: 'recorded', vm, recording: recording.id, ...recorded }),
		});
	}
}
