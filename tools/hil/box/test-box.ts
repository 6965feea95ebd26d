/** A whole box under test: a process of its own, a broker, a repository, an operator, and eyes on all of them. */
import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VmStatus } from '../../../firmware/agent/ports.ts';
import { makeProbe, type Order, type Probe } from '../../../modules/probe/testbed.ts';
import { ControllerError } from '../../controller/controller-error.ts';
import { moduleTarget } from '../../headend/repository/module-target.ts';
import { operatorId, Stage, type StageOptions } from '../../start/stage.ts';
import { CommandEnds } from './command-ends.ts';
import { cutSample, type ShortMedia } from './short-media.ts';

/** How a command ended: a fault number of USP and the stable code behind it; 0 and '' for success. */
export interface Ending {
	readonly fault: number;
	readonly code: string;
}

export interface TestBoxOptions extends Partial<Omit<StageOptions, 'directory' | 'media' | 'onLine'>> {
	/** Length of what there is to play. Default 1000. */
	readonly mediaMs?: number;
}

const modulesObject = 'Device.SoftwareModules.';

export class TestBox implements AsyncDisposable {
	readonly stage: Stage;
	readonly ends: CommandEnds;
	readonly probe: Probe;
	/** What the content server has to play. */
	readonly media: ShortMedia;
	/** Folder of the whole stage; the box keeps its state in `box/state`. */
	readonly directory: string;
	readonly #said: string[];
	readonly #saying: EventEmitter;

	private constructor(
		parts: Pick<TestBox, 'stage' | 'ends' | 'probe' | 'media' | 'directory'> & {
			said: string[];
			saying: EventEmitter;
		},
	) {
		this.stage = parts.stage;
		this.ends = parts.ends;
		this.probe = parts.probe;
		this.media = parts.media;
		this.directory = parts.directory;
		this.#said = parts.said;
		this.#saying = parts.saying;
	}

	/** Starts everything and powers the box on. */
	static async start({ mediaMs = 1000, ...options }: TestBoxOptions = {}): Promise<TestBox> {
		const probe = await makeProbe();
		const directory = await mkdtemp(join(tmpdir(), 'mullion-box-'));
		const media = await cutSample({ directory, ms: mediaMs });
		const said: string[] = [];
		const saying = new EventEmitter();
		const onLine = (line: string): void => {
			said.push(line);
			saying.emit('line', line);
		};
		const stage = await Stage.set({ ...options, media: media.path, directory, onLine });
		const ends = await CommandEnds.listen({ broker: stage.headend.broker, operator: operatorId });
		const box = new TestBox({ stage, ends, probe, media, directory, said, saying });
		await stage.powerOn();
		return box;
	}

	/** Everything the box has said on its console so far. */
	get lines(): readonly string[] {
		return this.#said;
	}

	/** Resolves with the first line from number `from` on that fits, said already or not yet. */
	async line(pattern: RegExp, from = 0): Promise<string> {
		const known = this.#said.slice(from).find((line) => pattern.test(line));
		if (known !== undefined) return known;
		const { promise, resolve } = Promise.withResolvers<string>();
		const listen = (line: string): void => {
			if (pattern.test(line)) resolve(line);
		};
		this.#saying.on('line', listen);
		return promise.finally(() => this.#saying.off('line', listen));
	}

	/** Signs a module under a path of its own and gives the URL to install it from. */
	async sign(bytes: Uint8Array, path: string): Promise<string> {
		await this.stage.headend.repository.addTarget({ path, bytes });
		return `tuf:${path}`;
	}

	/** Signs a module as an operator does, under its own name and version. */
	async publish(module: {
		bytes: Uint8Array;
		manifest: Parameters<typeof moduleTarget>[0];
	}): Promise<string> {
		const target = moduleTarget(module.manifest);
		await this.stage.headend.repository.addTarget({ ...target, bytes: module.bytes });
		return `tuf:${target.path}`;
	}

	install(url: string): Promise<Ending> {
		return this.command(`${modulesObject}InstallDU()`, { URL: url });
	}

	async update(module: string, url: string): Promise<Ending> {
		return this.command(`${await this.#row(module)}Update()`, { URL: url });
	}

	async uninstall(module: string): Promise<Ending> {
		return this.command(`${await this.#row(module)}Uninstall()`);
	}

	/** Starts a VM anew, with its failures forgotten. */
	async restart(vm: string): Promise<void> {
		const units = await this.stage.operator.get([`${modulesObject}ExecutionUnit.`]);
		const [path] = Object.entries(units).find(([, { EUID }]) => EUID === vm) ?? [];
		await this.stage.operator.operate(`${path}Restart()`, {}, { isSync: true });
	}

	async command(path: string, args: Readonly<Record<string, string>> = {}): Promise<Ending> {
		try {
			await this.stage.operator.operate(path, args);
			return { fault: 0, code: '' };
		} catch (error) {
			if (!(error instanceof ControllerError) || error.fault === undefined) throw error;
			return { fault: error.fault, code: error.reason ?? '' };
		}
	}

	/** What is installed, `name version` each. */
	async modules(): Promise<string[]> {
		const rows = await this.stage.operator.get([`${modulesObject}DeploymentUnit.`]);
		return Object.values(rows)
			.filter(({ DUID }) => DUID !== undefined)
			.map(({ DUID, Version }) => `${DUID} ${Version}`)
			.sort();
	}

	async vm(name: string): Promise<VmStatus | undefined> {
		return (await this.stage.sample()).vms.find(({ id }) => id === name);
	}

	/** Asks a probe to say the same again. @throws ControllerError */
	async echo(topic = 'probe.echo', deadlineMs = 10_000): Promise<void> {
		const { stage } = this;
		const Payload = Buffer.from('are you there').toString('base64');
		const answer = await stage.operator.operate(
			'Device.X_MULLION_Bus.Request()',
			{ Topic: topic, Payload, DeadlineMs: `${deadlineMs}` },
			{ isSync: true },
		);
		if (answer['Payload'] !== Payload) throw new Error(`${topic} answered ${answer['Payload']}`);
	}

	/** Tells a probe what to do. */
	async order(order: Order, topic = 'probe.order'): Promise<void> {
		await this.publishOn(topic, this.probe.order(order));
	}

	async publishOn(topic: string, payload: Uint8Array): Promise<void> {
		const Payload = Buffer.from(payload).toString('base64');
		await this.stage.operator.operate(
			'Device.X_MULLION_Bus.Publish()',
			{ Topic: topic, Payload },
			{ isSync: true },
		);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.ends[Symbol.asyncDispose]();
		await this.stage[Symbol.asyncDispose]();
		await rm(this.directory, { recursive: true, force: true });
	}

	async #row(module: string): Promise<string> {
		const rows = await this.stage.operator.get([`${modulesObject}DeploymentUnit.`]);
		const [path] = Object.entries(rows).find(([, { DUID }]) => DUID === module) ?? [];
		if (path === undefined) throw new Error(`${module} is not installed`);
		return path;
	}
}
