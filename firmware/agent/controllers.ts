/**
 * Who may talk to the box: the controllers it was configured with, and, on a development box, the
 * operator's tools, which come and go.
 */
import type { Clock } from '../../runtime/clock.ts';
import type { Directory } from '../../runtime/directory.ts';
import type { InstanceNumbers } from './instance-numbers.ts';
import { readJson, writeJson } from './stored-json.ts';
import { Turns } from './turns.ts';

export interface ControllerConfig {
	readonly endpointId: string;
	/** Where it listens for what the box says of its own accord. */
	readonly topic: string;
}

export interface Controller extends ControllerConfig {
	readonly number: number;
	readonly isTool: boolean;
}

interface ControllersOptions {
	readonly configured: readonly ControllerConfig[];
	/** Endpoints whose id starts so are let in; undefined lets in nobody who is not configured. */
	readonly toolPrefix: string | undefined;
	readonly directory: Directory;
	readonly numbers: InstanceNumbers;
	readonly clock: Clock;
}

const table = 'Device.LocalAgent.Controller';
const file = 'tools.json';
/** Tools remembered at once; the one not heard of for longest makes room for the next. */
const maxTools = 16;

export class Controllers {
	readonly #configured: readonly ControllerConfig[];
	readonly #toolPrefix: string | undefined;
	readonly #directory: Directory;
	readonly #numbers: InstanceNumbers;
	readonly #clock: Clock;
	readonly #tools = new Map<string, { topic: string; heardAt: number }>();
	#byId: ReadonlyMap<string, number> = new Map();
	readonly #turns = new Turns();

	constructor({ configured, toolPrefix, directory, numbers, clock }: ControllersOptions) {
		this.#configured = configured;
		this.#toolPrefix = toolPrefix;
		this.#directory = directory;
		this.#numbers = numbers;
		this.#clock = clock;
	}

	async start(): Promise<void> {
		if (this.#toolPrefix !== undefined) {
			for (const { endpointId, topic } of (await readJson<ControllerConfig[]>(this.#directory, file)) ?? [])
				this.#tools.set(endpointId, { topic, heardAt: 0 });
		}
		await this.#number();
	}

	/** Whether records of this endpoint are read at all. */
	isKnown(endpointId: string): boolean {
		return this.#isConfigured(endpointId) || this.#isTool(endpointId);
	}

	find(endpointId: string): Controller | undefined {
		return this.list().find((controller) => controller.endpointId === endpointId);
	}

	list(): Controller[] {
		const tools = [...this.#tools].map(([endpointId, { topic }]) => ({ endpointId, topic, isTool: true }));
		return [...this.#configured.map((config) => ({ ...config, isTool: false })), ...tools]
			.map((controller) => ({ ...controller, number: this.#byId.get(controller.endpointId) ?? 0 }))
			.toSorted((a, b) => a.number - b.number);
	}

	/** Remembers a tool and where it listens. Resolves with the tools that were forgotten to make room. */
	admit(endpointId: string, topic: string | undefined): Promise<string[]> {
		return this.#turns.run(async () => {
			if (this.#isConfigured(endpointId)) return [];
			const known = this.#tools.get(endpointId);
			const listensAt = topic ?? known?.topic;
			if (listensAt === undefined) return [];
			this.#tools.set(endpointId, { topic: listensAt, heardAt: this.#clock.now() });
			if (known?.topic === listensAt) return [];
			const forgotten = [...this.#tools]
				.toSorted(([, a], [, b]) => b.heardAt - a.heardAt)
				.slice(maxTools)
				.map(([id]) => id);
			for (const id of forgotten) this.#tools.delete(id);
			await this.#keep();
			return forgotten;
		});
	}

	/** Resolves with whether there was such a tool; configured controllers stay. */
	forget(endpointId: string): Promise<boolean> {
		return this.#turns.run(async () => {
			if (!this.#tools.delete(endpointId)) return false;
			await this.#keep();
			return true;
		});
	}

	#isConfigured(endpointId: string): boolean {
		return this.#configured.some((controller) => controller.endpointId === endpointId);
	}

	#isTool(endpointId: string): boolean {
		return this.#toolPrefix !== undefined && endpointId.startsWith(this.#toolPrefix);
	}

	async #keep(): Promise<void> {
		const tools = [...this.#tools].map(([endpointId, { topic }]) => ({ endpointId, topic }));
		await writeJson(this.#directory, file, tools);
		await this.#number();
	}

	async #number(): Promise<void> {
		const ids = [...this.#configured.map(({ endpointId }) => endpointId), ...this.#tools.keys()];
		this.#byId = await this.#numbers.assign(table, ids);
	}
}
