/**
 * The operator's side of USP: asks a box, tells it what to do, and hears of what happens in it.
 *
 * Every wait has a deadline. A controller that lost its broker stays lost; make another one. What is said while
 * the box is away is lost, and nothing but `reach` is said again: a box knows the id of a message only for as long
 * as it serves it, and would obey a command twice.
 */
import { randomBytes } from 'node:crypto';
import { UspError } from '../../firmware/agent/error.ts';
import { errorMessage } from '../../firmware/agent/messages/dispatch.ts';
import { messageRecord, readRecord, uspVersions } from '../../firmware/agent/records.ts';
import {
	type Msg,
	MsgType,
	type NotifyRequest,
	type Request,
	type Response,
} from '../../proto/host/cloud/usp/usp-msg.ts';
import { ControllerError } from './controller-error.ts';
import { Link } from './link.ts';
import { Waiting } from './waiting.ts';

export interface ConnectOptions {
	/** `mqtt://host:port`. */
	readonly broker: string;
	/** Endpoint id of the box. */
	readonly agent: string;
	/** Our own; default one of a kind, starting with `self::mullion-cli-`. */
	readonly endpointId?: string;
	/** Where the box listens; default the topic that boxes are built with. */
	readonly topic?: string;
	/** Milliseconds for the broker and for each answer of the box; default 10 000. */
	readonly deadlineMs?: number;
}

export interface ReachOptions {
	/** Milliseconds for the box to come; default those of every answer. */
	readonly withinMs?: number;
	/** Milliseconds between two questions; default one second. */
	readonly everyMs?: number;
	readonly signal?: AbortSignal;
}

export interface OperateOptions {
	readonly signal?: AbortSignal;
	/** The command is known to answer at once, which spares a subscription to its completion. */
	readonly isSync?: boolean;
	/** Milliseconds for an accepted command to end; default ten minutes. */
	readonly completionMs?: number;
}

/** Something the box told of: an event, or the end of a command. */
export interface Told {
	readonly objectPath: string;
	readonly name: string;
	readonly args: Readonly<Record<string, string>>;
}

export interface Listening {
	/** The box stops telling. */
	remove(): Promise<void>;
}

/** Objects by path, each with its parameters by name. */
export type Objects = Record<string, Record<string, string>>;
type Outputs = Readonly<Record<string, string>>;

export class Controller implements AsyncDisposable {
	readonly endpointId: string;
	readonly #agent: string;
	readonly #deadlineMs: number;
	readonly #prefix = randomBytes(6).toString('hex');
	readonly #answers = new Waiting<Response>();
	readonly #completions = new Waiting<Outputs>();
	readonly #listeners = new Map<string, { settings: Settings; told: (told: Told) => void }>();
	readonly #completionSubscriptions = new Map<string, Completion>();
	/** Ids of notifications that were heard, so that a repeat is answered but not told twice. */
	readonly #heard = new Set<string>();
	readonly #lost = new Set<() => void>();
	readonly #connected = new Set<() => void>();
	#link: Link | undefined;
	#count = 0;

	/** Errors: `unreachable`. */
	static async connect(options: ConnectOptions): Promise<Controller> {
		const controller = new Controller(options);
		const { agent, broker, topic } = options;
		controller.#link = await Link.open({
			broker,
			agent,
			topic,
			endpointId: controller.endpointId,
			deadlineMs: controller.#deadlineMs,
			received: (record) => controller.#receive(record),
			lost: () =>
				controller.#fail(new ControllerError('unreachable', 'the connection to the broker broke off')),
		});
		return controller;
	}

	private constructor({ agent, endpointId, deadlineMs = 10_000 }: ConnectOptions) {
		this.#agent = agent;
		this.endpointId = endpointId ?? `self::mullion-cli-${this.#prefix}`;
		this.#deadlineMs = deadlineMs;
	}

	/**
	 * Resolves once the box answers. It is asked what it speaks, which changes nothing, until then: again and
	 * again, and at once when it says that it is there.
	 *
	 * Errors: `no-answer`, `unreachable`; the signal's reason.
	 */
	async reach({ withinMs, everyMs = 1000, signal }: ReachOptions = {}): Promise<void> {
		const msgId = this.#newId('request');
		const answer = this.#answers.wait(msgId, {
			ms: withinMs ?? this.#deadlineMs,
			what: `a sign of ${this.#agent} (does that box run, and on this broker?)`,
			signal,
		});
		const getSupportedProtocol = { controllerSupportedProtocolVersions: uspVersions };
		const header = { msgId, msgType: MsgType.GET_SUPPORTED_PROTO };
		const ask = (): void => {
			const said = this.#say({ header, body: { request: { getSupportedProtocol } } });
			said.catch((error: unknown) => this.#answers.reject(msgId, error));
		};
		const stopListening = this.onConnected(ask);
		const again = setInterval(ask, everyMs);
		try {
			ask();
			await answer;
		} catch (error) {
			// Who refuses is there.
			if (!(error instanceof ControllerError) || error.code !== 'refused') throw error;
		} finally {
			clearInterval(again);
			stopListening();
			this.#answers.drop(msgId);
		}
	}

	/**
	 * The parameters that the paths name.
	 *
	 * @param maxDepth levels of objects below each path; default 0, all
	 * Errors: `refused`, `no-answer`, `unreachable`.
	 */
	async get(paths: readonly string[], { maxDepth = 0 } = {}): Promise<Objects> {
		const { getResp } = await this.#ask(MsgType.GET, { get: { paramPaths: [...paths], maxDepth } });
		const objects: Objects = {};
		for (const { errCode, errMsg, resolvedPathResults } of getResp?.reqPathResults ?? []) {
			if (errCode !== 0) throw new ControllerError('refused', errMsg, { fault: errCode });
			for (const { resolvedPath, resultParams } of resolvedPathResults)
				objects[resolvedPath] = { ...objects[resolvedPath], ...resultParams };
		}
		return objects;
	}

	/** Sets all of these parameters of one object, or none. Errors: `refused`, `no-answer`, `unreachable`. */
	async set(objPath: string, params: Readonly<Record<string, string>>): Promise<void> {
		const paramSettings = Object.entries(params).map(([param, value]) => ({ param, value, required: true }));
		const set = { allowPartial: false, updateObjs: [{ objPath, paramSettings }] };
		const { setResp } = await this.#ask(MsgType.SET, { set });
		const { operFailure } = setResp?.updatedObjResults[0]?.operStatus ?? {};
		if (operFailure) throw new ControllerError('refused', operFailure.errMsg, { fault: operFailure.errCode });
	}

	/** Paths of the rows of a table. Errors: `refused`, `no-answer`, `unreachable`. */
	async instances(path: string): Promise<string[]> {
		const getInstances = { objPaths: [path], firstLevelOnly: true };
		const { getInstancesResp } = await this.#ask(MsgType.GET_INSTANCES, { getInstances });
		const [result] = getInstancesResp?.reqPathResults ?? [];
		if (result !== undefined && result.errCode !== 0)
			throw new ControllerError('refused', result.errMsg, { fault: result.errCode });
		return (result?.currInsts ?? []).map(({ instantiatedObjPath }) => instantiatedObjPath);
	}

	/**
	 * Calls a command on one object and resolves with its outputs once it has ended.
	 *
	 * An accepted command goes on in the box even if `signal` ends the wait for it. Errors: `refused`,
	 * `failed`, `no-answer`, `unreachable`; the signal's reason.
	 */
	async operate(
		path: string,
		args: Outputs = {},
		{ signal, isSync = false, completionMs = 600_000 }: OperateOptions = {},
	): Promise<Outputs> {
		if (!isSync) await this.#wantCompletion(path);
		signal?.throwIfAborted();
		const commandKey = this.#newId('command');
		// Waiting starts before asking: the end may come before the answer.
		const completion = this.#completions.wait(commandKey, {
			ms: completionMs,
			what: `the end of ${path}`,
			signal,
		});
		completion.catch(() => undefined);
		try {
			const operate = { command: path, commandKey, sendResp: true, inputArgs: args };
			const { operateResp } = await this.#ask(MsgType.OPERATE, { operate });
			const [result, ...others] = operateResp?.operationResults ?? [];
			if (result === undefined || others.length > 0)
				throw new ControllerError(
					'refused',
					`"${path}" names ${others.length + (result ? 1 : 0)} objects, not one`,
				);
			const { cmdFailure, reqOutputArgs } = result;
			if (cmdFailure) throw new ControllerError('failed', cmdFailure.errMsg, { fault: cmdFailure.errCode });
			if (reqOutputArgs) return reqOutputArgs.outputArgs;
			return await completion;
		} finally {
			this.#completions.drop(commandKey);
		}
	}

	/** Is told of an event (`...!`) or of the end of a command (`...()`) from now on. Errors: as `get`. */
	async subscribe(path: string, told: (told: Told) => void): Promise<Listening> {
		const id = this.#newId('subscription');
		const settings = {
			ID: id,
			NotifType: typeOf(path),
			ReferenceList: path,
			Persistent: 'false',
			NotifRetry: 'false',
		};
		this.#listeners.set(id, { settings, told });
		const instantiatedPath = await this.#add(settings).catch((error: unknown) => {
			this.#listeners.delete(id);
			throw error;
		});
		return {
			remove: async () => {
				this.#listeners.delete(id);
				await this.#ask(MsgType.DELETE, { delete: { allowPartial: false, objPaths: [instantiatedPath] } });
			},
		};
	}

	/** Calls back once, when the broker is lost. */
	onLost(listener: () => void): void {
		this.#lost.add(listener);
	}

	/** Calls back each time the box says that it is there (R-MTP.6). Returns how to stop. */
	onConnected(listener: () => void): () => void {
		this.#connected.add(listener);
		return () => this.#connected.delete(listener);
	}

	/** Takes leave of the box, which forgets the subscriptions of a tool. */
	async close(): Promise<void> {
		this.#fail(new ControllerError('closed', 'the controller was closed'), { isQuiet: true });
		await this.#link?.close();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.close();
	}

	// One persistent subscription for each command, so that its end is heard even if the box restarts on the way.
	async #wantCompletion(path: string): Promise<void> {
		const reference = path.replaceAll(/\.(?:[0-9]+|\[[^\]]*\])(?=\.)/g, '.*');
		const known = this.#completionSubscriptions.get(reference) ?? this.#newCompletion(reference);
		this.#completionSubscriptions.set(reference, known);
		await known.added.catch((error: unknown) => {
			this.#completionSubscriptions.delete(reference);
			throw error;
		});
	}

	#newCompletion(reference: string): Completion {
		const settings = {
			ID: this.#newId('completion'),
			NotifType: 'OperationComplete',
			ReferenceList: reference,
			Persistent: 'true',
			NotifRetry: 'true',
		};
		return { settings, added: this.#add(settings) };
	}

	async #add(settings: Settings): Promise<string> {
		const paramSettings = Object.entries({ Enable: 'true', ...settings }).map(([param, value]) => ({
			param,
			value,
			required: true,
		}));
		const createObjs = [{ objPath: 'Device.LocalAgent.Subscription.', paramSettings }];
		const { addResp } = await this.#ask(MsgType.ADD, { add: { allowPartial: false, createObjs } });
		const { operSuccess, operFailure } = addResp?.createdObjResults[0]?.operStatus ?? {};
		if (operSuccess) return operSuccess.instantiatedPath;
		throw new ControllerError('refused', operFailure?.errMsg ?? 'nothing was added', {
			fault: operFailure?.errCode ?? 7000,
		});
	}

	async #ask(msgType: MsgType, request: Request): Promise<Response> {
		const msgId = this.#newId('request');
		const what = `an answer of ${this.#agent}`;
		const answer = this.#answers.wait(msgId, { ms: this.#deadlineMs, what });
		answer.catch(() => undefined);
		try {
			// A broker that takes nothing any more must not outlast the deadline.
			const said = this.#say({ header: { msgId, msgType }, body: { request } });
			return await Promise.race([answer, said.then(() => answer)]);
		} finally {
			this.#answers.drop(msgId);
		}
	}

	async #say(message: Msg): Promise<void> {
		if (this.#link === undefined) throw new ControllerError('closed', 'the controller is not connected');
		await this.#link.send(messageRecord({ from: this.endpointId, to: this.#agent }, message));
	}

	#receive(bytes: Uint8Array): void {
		const incoming = readRecord({
			bytes,
			endpointId: this.endpointId,
			isKnown: (from) => from === this.#agent,
		});
		// The box is back after a restart, which ended the subscriptions that are not persistent. The others it refuses as
		// known, unless its disk has lost them.
		if (incoming.kind === 'connect') {
			for (const { settings } of [...this.#listeners.values(), ...this.#completionSubscriptions.values()])
				this.#add(settings).catch(() => undefined);
			for (const listener of this.#connected) listener();
		}
		if (incoming.kind !== 'message') return;
		const { header, body } = incoming.message;
		const msgId = header?.msgId ?? '';
		if (body?.response) this.#answers.resolve(msgId, body.response);
		else if (body?.error)
			this.#answers.reject(
				msgId,
				new ControllerError('refused', body.error.errMsg, { fault: body.error.errCode }),
			);
		else if (body?.request?.notify) this.#hear(msgId, body.request.notify);
		else if (body?.request) {
			const unsupported = new UspError('message-not-supported', 'a controller answers Notify');
			this.#say(errorMessage(msgId, unsupported)).catch(() => undefined);
		}
	}

	#hear(msgId: string, { subscriptionId, sendResp, event, operComplete }: NotifyRequest): void {
		if (sendResp) {
			const header = { msgId, msgType: MsgType.NOTIFY_RESP };
			const answer: Msg = { header, body: { response: { notifyResp: { subscriptionId } } } };
			this.#say(answer).catch(() => undefined);
		}
		if (this.#heard.has(msgId)) return;
		this.#heard.add(msgId);
		const [oldest] = this.#heard;
		if (this.#heard.size > maxHeard && oldest !== undefined) this.#heard.delete(oldest);

		const told = this.#listeners.get(subscriptionId)?.told;
		if (event) told?.({ objectPath: event.objPath, name: event.eventName, args: event.params });
		if (!operComplete) return;
		const { objPath, commandName, commandKey, reqOutputArgs, cmdFailure } = operComplete;
		if (cmdFailure) {
			const failure = new ControllerError('failed', cmdFailure.errMsg, { fault: cmdFailure.errCode });
			this.#completions.reject(commandKey, failure);
		} else this.#completions.resolve(commandKey, reqOutputArgs?.outputArgs ?? {});
		told?.({ objectPath: objPath, name: commandName, args: reqOutputArgs?.outputArgs ?? {} });
	}

	#fail(error: ControllerError, { isQuiet = false } = {}): void {
		this.#answers.rejectAll(error);
		this.#completions.rejectAll(error);
		if (!isQuiet) for (const listener of this.#lost) listener();
	}

	#newId(what: string): string {
		return `${what}-${this.#prefix}-${this.#count++}`;
	}
}

type Settings = Readonly<Record<string, string>>;
/** A subscription to the end of a command. */
type Completion = { readonly settings: Settings; readonly added: Promise<string> };
const maxHeard = 4096;

function typeOf(path: string): string {
	return path.endsWith('()') ? 'OperationComplete' : 'Event';
}
