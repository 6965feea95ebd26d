/**
 * Runs the VMs of one thread: their turns, their timers, their mail to each other.
 *
 * Order holds per sender and topic. Delivery is always on a later turn, so a VM may publish to
 * itself and is never re-entered.
 *
 * Here is what a cell is told and how its parts hang together. Who comes into it and leaves it is `residence.ts`,
 * how VMs are called `turns.ts`, and what becomes of that `transactions.ts`.
 */
import type { Notify } from '../bus/doorbell.ts';
import type { Clock } from '../clock.ts';
import type { CodeReader } from '../component/service-code.ts';
import { Keeping } from '../durability/keeping.ts';
import type { CellStorage } from '../durability/storage.ts';
import type { ForeignLinker } from '../foreign/foreign-guest.ts';
import type { Packing } from '../snapshot/packing.ts';
import { plainPacking } from '../snapshot/plain-packing.ts';
import type { CellCommand, CellReport, VmId } from './cell-protocol.ts';
import { Heartbeat } from './heartbeat.ts';
import { Hibernation } from './hibernation.ts';
import { Mail } from './mail.ts';
import { isMoveCommand, type MoveCommand, Moves } from './moves.ts';
import type { ArmedTimer } from './passage.ts';
import type { Reclaim } from './reclaim.ts';
import { Residence } from './residence.ts';
import type { Resident } from './resident.ts';
import { RunQueue } from './run-queue.ts';
import { Suspension } from './suspension.ts';
import { Transactions } from './transactions.ts';
import { Turns } from './turns.ts';
import { VmTimers } from './vm-timers.ts';

export interface CellOptions {
	readonly clock: Clock;
	/** Where VMs are kept whose manifests ask for it; without it they are not. */
	readonly storage?: CellStorage;
	/** Told where the cell is, so that a watchdog can see a turn that never ends. */
	readonly heartbeat?: Heartbeat;
	/** What links foreign components; a cell without it starts none. */
	readonly linkForeign?: ForeignLinker | undefined;
	/** How VMs are packed that are put to sleep. */
	readonly packing?: Packing;
	/** Where the code of those is found again; without it, it stays in memory. */
	readonly code?: CodeReader;
	/** Called when much of the memory of this thread has become free. */
	readonly reclaim?: Reclaim;
	/** Called with everything that happened since the last call, in order. */
	readonly report: (reports: CellReport[]) => void;
	/** Called when there is something to run: the host calls `run` soon, but not from here. */
	readonly wake: () => void;
	/** Wakes the other cell whose bell this is. */
	readonly notify?: Notify;
}

export class Cell {
	readonly #report: (reports: CellReport[]) => void;
	readonly #residents = new Map<VmId, Resident>();
	readonly #clock: Clock;
	readonly #queue: RunQueue<Resident>;
	readonly #mail: Mail;
	readonly #turns: Turns;
	readonly #keeping: Keeping | undefined;
	readonly #residence: Residence;
	readonly #moves: Moves;
	readonly #suspension: Suspension;
	readonly #reclaim: Reclaim | undefined;
	#reports: CellReport[] = [];

	constructor({
		clock,
		storage,
		heartbeat = new Heartbeat(),
		linkForeign,
		packing = plainPacking,
		code,
		reclaim,
		report,
		wake,
		notify,
	}: CellOptions) {
		this.#clock = clock;
		this.#reclaim = reclaim;
		this.#report = report;
		const residents = this.#residents;
		const say = (said: CellReport): void => this.#say(said);
		const tell = (resident: Resident, said: CellReport): void => this.#tell(resident, said);
		const flush = (): void => this.#flush();
		const queue = new RunQueue<Resident>({ wake, now: () => clock.now() });
		const mail = new Mail({ clock, queue, residents, say, tell, flush, notify });
		const timers = new VmTimers({ clock, give: (vm, event) => mail.give(vm, event) });
		const arm = (resident: Resident, timer: ArmedTimer): void => timers.arm(resident, timer);
		const keeping =
			storage &&
			new Keeping(storage, {
				clock,
				residents,
				mail,
				make: (resident, spec) => turns.make(resident, spec),
				begin: (resident) => turns.begin(resident),
				goOn: (resident, vm) => {
					turns.adopt(resident, vm);
					residence.started(resident);
				},
				stillborn: (resident, error) => residence.stillborn(resident, error),
				apply: (resident, vm, effect) => transactions.apply(resident, vm, effect),
				arm,
				ready: (resident) => queue.add(resident),
				wake: (resident) => hibernation.wake(resident),
				say,
				flush,
			});
		mail.kept = keeping?.mail;
		const transactions = new Transactions({
			mail,
			timers,
			keeping,
			started: (resident) => residence.started(resident),
			say,
			tell,
		});
		const turns = new Turns({
			clock,
			heartbeat,
			linkForeign,
			queue,
			wake,
			transactions,
			rouse: (resident) => hibernation.wake(resident),
			exceeded: ({ id }, budget, detail) => say({ tag: 'exceeded', vm: id, budget, detail }),
			rested: flush,
		});
		const hibernation = new Hibernation({
			clock,
			packing,
			residents,
			turns,
			slept: ({ id }) => say({ tag: 'slept', vm: id }),
			woke: ({ id }) => say({ tag: 'woke', vm: id }),
			failed: (resident, vm, error) => transactions.failed(resident, vm, error),
			reclaim: () => this.#lookForMemory('sleep'),
			flush,
		});
		this.#moves = new Moves({
			clock,
			residents,
			mail,
			turns,
			queue,
			hibernation,
			arm,
			remove: (resident) => residence.remove(resident),
			say,
		});
		this.#suspension = new Suspension({
			clock,
			residents,
			queue,
			mail,
			hibernation,
			keep: async ({ keeper }) => {
				if (keeper !== undefined) await keeping?.suspend(keeper);
			},
			arm,
			say,
		});
		const residence = new Residence({
			clock,
			residents,
			mail,
			turns,
			hibernation,
			moves: this.#moves,
			keeping,
			code,
			reclaim: (behind) => this.#lookForMemory(behind),
			say,
			tell,
			flush,
		});
		this.#queue = queue;
		this.#mail = mail;
		this.#keeping = keeping;
		this.#turns = turns;
		this.#residence = residence;
	}

	accept(command: CellCommand): void {
		if (isMoveCommand(command)) this.#moves.accept(command);
		else this.#accept(command);
		this.#flush();
	}

	#accept(command: Exclude<CellCommand, MoveCommand>): void {
		switch (command.tag) {
			case 'start':
				this.#residence.start(command.vm, command.spec);
				break;
			case 'stop':
				this.#residence.stop(command.vm, command.forNext);
				break;
			case 'suspend':
				this.#suspension.suspend(command.vm);
				break;
			case 'resume':
				this.#suspension.resume(command.vm);
				break;
			case 'stop-recording':
				this.#residents.get(command.vm)?.recorder?.close(command.why);
				break;
			case 'event':
				this.#mail.give(command.vm, command.event);
				break;
			case 'wanted':
				this.#mail.want(command.topics);
				break;
			case 'routes':
				if (command.regrant !== undefined) this.#residence.regrant(command.regrant);
				this.#mail.route(command.version, command.changes);
				break;
			case 'link':
				this.#mail.link(command);
				break;
			case 'unlink':
				this.#mail.unlink(command.peer);
				break;
			case 'publish':
				this.#mail.publishFromOutside(command);
				break;
			case 'request':
				this.#mail.asking.requestFromOutside(command);
				break;
			case 'answer':
				this.#mail.asking.answerFromOutside(command);
				break;
			case 'look':
				this.#mail.look(command);
				break;
			case 'forget':
				void this.#keeping?.forget(command.name, command.butFor).catch(() => undefined);
				break;
			case 'heard':
				this.#keeping?.heard(command.number);
				break;
			case 'close':
				void this.#close();
				break;
			case 'count':
				this.#say({
					tag: 'counts',
					vms: [...this.#residents.values()].map((resident) => resident.counts(this.#clock.now())),
					links: this.#mail.exchange.counts(),
				});
				break;
		}
	}

	/** Takes in what other cells have said; true when there may be more. To be called before turns are run. */
	hear(): boolean {
		const isMore = this.#mail.exchange.hear();
		this.#flush();
		return isMore;
	}

	/** True when there is nothing to do until a command comes, a timer fires or another cell rings. */
	isIdle(): boolean {
		const isIdle = this.#mail.exchange.isIdle();
		this.#flush();
		return isIdle && this.#queue.isEmpty;
	}

	/** Makes what a turn that runs for long needs, before it does: to be called when there is nothing else to do. */
	prepare(): void {
		this.#turns.prepare();
	}

	/** Runs VMs for a moment, `turns` calls at most; true when there may be more to do. */
	run(turns: number): boolean {
		return this.#turns.run(turns);
	}

	async #close(): Promise<void> {
		await this.#keeping?.close();
		this.#say({ tag: 'closed' });
		this.#flush();
	}

	/** That stops this thread for a while: never beside a VM that has to be on time. */
	#lookForMemory(behind: Parameters<Reclaim>[0]): void {
		const isCalm = this.#residents.values().every(({ spec }) => spec.priority !== 'realtime');
		if (isCalm) this.#reclaim?.(behind);
	}

	/** Says what is to be seen of a VM: of a journalled one not before it is sure. */
	#tell(resident: Resident, report: CellReport): void {
		if (resident.isJournalled && this.#keeping !== undefined) this.#keeping.tell(report);
		else this.#say(report);
	}

	#say(report: CellReport): void {
		this.#reports.push(report);
	}

	#flush(): void {
		this.#mail.exchange.commit();
		if (this.#reports.length === 0) return;
		const reports = this.#reports;
		this.#reports = [];
		this.#report(reports);
	}
}
