/** A box of any form, as its operator sees it: modules are signed, installed, asked and removed. */
import type { VmStatus } from '../../../firmware/agent/ports.ts';
import type { Order, Probe, Word } from '../../../modules/probe/testbed.ts';
import type { Controller } from '../../controller/controller.ts';
import { ControllerError } from '../../controller/controller-error.ts';
import { moduleTarget } from '../../headend/repository/module-target.ts';
import type { Repository } from '../../headend/repository/repository.ts';
import { readSample } from '../../start/read-sample.ts';

/** How a command ended: a fault number of USP and the stable code behind it; 0 and '' for success. */
export interface Ending {
	readonly fault: number;
	readonly code: string;
}

export interface OperatedBoxOptions {
	readonly probe: Probe;
	readonly repository: Repository;
	/** At this moment: one that has lost its broker is replaced. */
	readonly operator: () => Controller;
}

const modulesObject = 'Device.SoftwareModules.';

export class OperatedBox {
	readonly probe: Probe;
	readonly repository: Repository;
	readonly #operator: () => Controller;

	constructor({ probe, repository, operator }: OperatedBoxOptions) {
		this.probe = probe;
		this.repository = repository;
		this.#operator = operator;
	}

	get operator(): Controller {
		return this.#operator();
	}

	/** Signs a module under a path of its own and gives the URL to install it from. */
	async sign(bytes: Uint8Array, path: string): Promise<string> {
		await this.repository.addTarget({ path, bytes });
		return `tuf:${path}`;
	}

	/** Signs a module as an operator does, under its own name and version. */
	async publish(module: {
		bytes: Uint8Array;
		manifest: Parameters<typeof moduleTarget>[0];
	}): Promise<string> {
		const target = moduleTarget(module.manifest);
		await this.repository.addTarget({ ...target, bytes: module.bytes });
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
		const units = await this.operator.get([`${modulesObject}ExecutionUnit.`]);
		const [path] = Object.entries(units).find(([, { EUID }]) => EUID === vm) ?? [];
		await this.operator.operate(`${path}Restart()`, {}, { isSync: true });
	}

	async command(path: string, args: Readonly<Record<string, string>> = {}): Promise<Ending> {
		try {
			await this.operator.operate(path, args);
			return { fault: 0, code: '' };
		} catch (error) {
			if (!(error instanceof ControllerError) || error.fault === undefined) throw error;
			return { fault: error.fault, code: error.reason ?? '' };
		}
	}

	/** What is installed, `name version` each. */
	async modules(): Promise<string[]> {
		const rows = await this.operator.get([`${modulesObject}DeploymentUnit.`]);
		return Object.values(rows)
			.filter(({ DUID }) => DUID !== undefined)
			.map(({ DUID, Version }) => `${DUID} ${Version}`)
			.sort();
	}

	async vm(name: string): Promise<VmStatus | undefined> {
		return (await readSample(this.operator)).vms.find(({ id }) => id === name);
	}

	/** Asks a probe to say the same again. @throws ControllerError */
	async echo(topic = 'probe.echo', deadlineMs = 10_000): Promise<void> {
		const payload = Buffer.from('are you there');
		const answer = await this.#request(topic, payload, deadlineMs);
		if (!payload.equals(answer)) throw new Error(`${topic} answered ${Buffer.from(answer)}`);
	}

	/** Has a probe obey, and returns what it says to that. @throws ControllerError */
	async ask(order: Order, topic = 'probe.order', deadlineMs = 10_000): Promise<Word> {
		return this.probe.word(await this.#request(topic, this.probe.order(order), deadlineMs));
	}

	/** Tells a probe what to do. */
	async order(order: Order, topic = 'probe.order'): Promise<void> {
		await this.publishOn(topic, this.probe.order(order));
	}

	async publishOn(topic: string, payload: Uint8Array): Promise<void> {
		const Payload = Buffer.from(payload).toString('base64');
		await this.operator.operate(
			'Device.X_MULLION_Bus.Publish()',
			{ Topic: topic, Payload },
			{ isSync: true },
		);
	}

	async #row(module: string): Promise<string> {
		const rows = await this.operator.get([`${modulesObject}DeploymentUnit.`]);
		const [path] = Object.entries(rows).find(([, { DUID }]) => DUID === module) ?? [];
		if (path === undefined) throw new Error(`${module} is not installed`);
		return path;
	}

	async #request(topic: string, payload: Uint8Array, deadlineMs: number): Promise<Uint8Array> {
		const { Payload = '' } = await this.operator.operate(
			'Device.X_MULLION_Bus.Request()',
			{ Topic: topic, Payload: payload.toBase64(), DeadlineMs: `${deadlineMs}` },
			{ isSync: true },
		);
		return Uint8Array.fromBase64(Payload);
	}
}
