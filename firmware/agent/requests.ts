/**
 * Accepted asynchronous commands, from the answer that promises an end to that end.
 *
 * Each is in the journal before its controller is told that it was accepted, and leaves it only with
 * its completion in the outbox. So a power cut at any instruction leaves every accepted command with
 * exactly one OperationComplete to come.
 */
import type { Clock } from '../../runtime/clock.ts';
import type { Directory } from '../../runtime/directory.ts';
import type { DataModel } from './data-model/model.ts';
import { parsePath } from './data-model/path.ts';
import type { Call, Command, CommandResult, ObjectEvent } from './data-model/provider.ts';
import { faultOf, UspError } from './error.ts';
import type { InstanceNumbers } from './instance-numbers.ts';
import type { Notices } from './notices.ts';
import { eventNotification, type Notification, type Outcome, textsOf } from './notification.ts';
import type { Notifier } from './notifier.ts';
import { readJson, writeJson } from './stored-json.ts';

export interface Accepted {
	readonly number: number;
	readonly objectPath: string;
	readonly at: readonly number[];
	/** Name with brackets. */
	readonly command: string;
	readonly commandKey: string;
	/** Endpoint id. */
	readonly originator: string;
	readonly args: Readonly<Record<string, string>>;
	readonly acceptedAt: number;
	/** Set once it has ended: what is to be sent then. */
	readonly notifications?: readonly Notification[];
}

interface Running {
	readonly request: Accepted;
	readonly abort: AbortController;
	isCanceling: boolean;
}

interface Work {
	readonly running: Running;
	readonly command: Command | undefined;
	readonly isResumed: boolean;
}

export type NewRequest = Omit<Accepted, 'number' | 'acceptedAt'>;

interface RequestsOptions {
	/** The folder of the journal. */
	readonly journal: Directory;
	readonly numbers: InstanceNumbers;
	readonly clock: Clock;
	readonly model: DataModel;
	readonly notices: Notices;
	readonly notifier: Notifier;
}

const table = 'Device.LocalAgent.Request';
/** Commands under way at once. */
const maxRunning = 32;

export class Requests {
	readonly #options: RequestsOptions;
	readonly #running = new Map<number, Running>();
	#isStopped = false;
	#starting = 0;

	constructor(options: RequestsOptions) {
		this.#options = options;
	}

	list(): readonly { request: Accepted; status: 'Active' | 'Canceling' }[] {
		return [...this.#running.values()].map(({ request, isCanceling }) => ({
			request,
			status: isCanceling ? 'Canceling' : 'Active',
		}));
	}

	/** Takes up what a restart interrupted: runs it again if it may be, and otherwise ends it as failed. */
	async start(): Promise<void> {
		for (const name of await this.#options.journal.list()) {
			const request = await readJson<Accepted>(this.#options.journal, name);
			if (request === undefined) await this.#options.journal.remove(name);
			else if (request.notifications !== undefined) await this.#deliver(request, request.notifications);
			else this.#resume(request);
		}
	}

	/** What runs is told to stop and stays in the journal: the next start takes it up. */
	stop(): void {
		this.#isStopped = true;
		for (const { abort } of this.#running.values())
			abort.abort(new UspError('command-canceled', 'the agent stops'));
	}

	/**
	 * Writes the command down. Resolves with the number of its row once that is on disk; `begin` runs it,
	 * and is to be called after the answer that names the row.
	 *
	 * Errors: `resources-exceeded`; of the disk.
	 */
	async accept(request: NewRequest, command: Command): Promise<{ number: number; begin: () => void }> {
		if (this.#running.size + this.#starting >= maxRunning)
			throw new UspError(
				'resources-exceeded',
				`${maxRunning} commands are under way; try again when one has ended`,
			);
		this.#starting++;
		try {
			const number = await this.#options.numbers.take(table);
			const accepted: Accepted = { ...request, number, acceptedAt: this.#options.clock.now() };
			await writeJson(this.#options.journal, fileOf(number), accepted);
			const running = this.#enter(accepted);
			return { number, begin: () => void this.#run({ running, command, isResumed: false }) };
		} finally {
			this.#starting--;
		}
	}

	/** Errors: `object-does-not-exist`. */
	cancel(number: number): void {
		const running = this.#running.get(number);
		if (running === undefined) throw new UspError('object-does-not-exist', `there is no ${table}.${number}.`);
		running.isCanceling = true;
		running.abort.abort(new UspError('command-canceled', 'canceled by a controller'));
	}

	#enter(request: Accepted): Running {
		const running: Running = { request, abort: new AbortController(), isCanceling: false };
		if (this.#isStopped) running.abort.abort();
		this.#running.set(request.number, running);
		return running;
	}

	#resume(request: Accepted): void {
		const running = this.#enter(request);
		const command = this.#commandOf(request);
		const interrupted = new UspError('command-failure', 'the box restarted while the command was under way');
		if (command?.isResumable) void this.#run({ running, command, isResumed: true });
		else void this.#fail({ running, command, isResumed: true }, interrupted);
	}

	async #run(work: Work): Promise<void> {
		const { running, command } = work;
		try {
			const { outputs = {}, events = [] }: CommandResult = (await command?.run(callOf(work))) ?? {};
			await this.#end(running, { outputs: textsOf(outputs) }, events);
		} catch (error) {
			const canceled = new UspError('command-canceled', 'canceled by a controller', { cause: error });
			await this.#fail(work, running.isCanceling ? canceled : error);
		}
	}

	async #fail(work: Work, error: unknown): Promise<void> {
		const fault = faultOf(error);
		// The events of a failure are told if they can be made; the failure itself always is.
		const events = await Promise.try(() => work.command?.failureEvents?.(callOf(work), fault)).catch(
			() => undefined,
		);
		await this.#end(work.running, { fault }, events ?? []);
	}

	async #end({ request }: Running, outcome: Outcome, events: readonly ObjectEvent[]): Promise<void> {
		if (this.#isStopped) return;
		const { objectPath, command: name, commandKey, number } = request;
		const notifications: Notification[] = [
			...events.map(eventNotification),
			{ kind: 'operation-complete', objectPath, name, commandKey, outcome },
		];
		// A disk that fails now cannot be helped; the controller still learns how its command ended.
		const write = writeJson(this.#options.journal, fileOf(number), { ...request, notifications });
		await write.catch(() => undefined);
		await this.#deliver(request, notifications);
		this.#running.delete(number);
	}

	// Nothing is sent before the journal has let go of the request: done over after a power cut, these
	// steps write the same notices under the same ids.
	async #deliver({ number, acceptedAt }: Accepted, notifications: readonly Notification[]): Promise<void> {
		const { notices, notifier, journal } = this.#options;
		const all = notifications.flatMap((notification, at) =>
			// Numbers begin anew in a box that was flashed anew, and must not be taken for those of its life before.
			notices.noticesOf(notification, `request-${acceptedAt}-${number}-${at}`),
		);
		const isKept = await notifier.keep(all).then(
			() => true,
			() => false,
		);
		await journal.remove(fileOf(number)).catch(() => undefined);
		notifier.post(all, { isKept });
	}

	#commandOf({ objectPath, command }: Accepted): Command | undefined {
		const names = parsePath(objectPath).segments.map((segment) =>
			segment.kind === 'name' ? segment.name : '{i}',
		);
		return this.#options.model.node(names)?.provider?.commands?.[command];
	}
}

function callOf({ running: { request, abort }, isResumed }: Work): Call {
	const { at, objectPath, args, commandKey, originator, acceptedAt } = request;
	return { at, objectPath, args, commandKey, originator, acceptedAt, isResumed, signal: abort.signal };
}

function fileOf(number: number): string {
	return `${number}.json`;
}
