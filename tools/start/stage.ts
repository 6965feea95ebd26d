/** Everything a story plays on: a headend with two networks, a box on both of them, an operator at the console. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { controllerTopic } from '../../firmware/agent/mqtt-transport.ts';
import type { BoxSample } from '../../firmware/box/telemetry.ts';
import type { BoxConfig } from '../../firmware/config.ts';
import { Controller } from '../controller/controller.ts';
import { ControllerError } from '../controller/controller-error.ts';
import { type Headend, startHeadend } from '../headend/headend.ts';
import { BoxProcess } from './box-process.ts';
import { Radio } from './radio.ts';

export const agentId = 'os::00D09E-MULLION-000001';
const operatorId = 'self::mullion-headend';
const toolPrefix = 'self::mullion-';
/** The name content has on every network; where it leads to is each network's own business. */
const contentHost = 'content.mullion.test';

export interface StageOptions {
	/** Folder for everything: `.mullion`. What a box had kept there before is removed. */
	readonly directory: string;
	/** The file to be played. */
	readonly media: string;
	readonly broker?: string;
	/** How long a better network must have been there; default 3 s, so that a story is told in a minute. */
	readonly minimumTimeMs?: number;
	readonly onLine?: (line: string) => void;
}

export class Stage implements AsyncDisposable {
	readonly headend: Headend;
	readonly wifi: Radio;
	readonly cellular: Radio;
	readonly mediaUrl: string;
	/** Folder with what was heard, one file a session. */
	readonly played: string;
	readonly #options: StageOptions;
	readonly #config: BoxConfig;
	#box: BoxProcess | undefined;
	#operator: Controller | undefined;

	private constructor(options: StageOptions, headend: Headend, config: BoxConfig) {
		const { directory, media } = options;
		this.#options = options;
		this.#config = config;
		this.headend = headend;
		this.played = config.sink ?? '';
		this.mediaUrl = `http://${contentHost}/${encodeURIComponent(basename(media))}`;
		const radio = (id: string, signalDbm: number) =>
			new Radio({
				file: join(directory, 'radio', `${id}.json`),
				path: headend.content.network(id),
				signalDbm,
			});
		this.wifi = radio('wlan0', -52);
		this.cellular = radio('lte0', -95);
	}

	/** Starts the headend, and makes the box; `powerOn` starts it. */
	static async set(options: StageOptions): Promise<Stage> {
		const { directory, media, broker, minimumTimeMs = 3000, onLine } = options;
		await rm(join(directory, 'box'), { recursive: true, force: true });
		await mkdir(join(directory, 'radio'), { recursive: true });
		await mkdir(join(directory, 'box'), { recursive: true });
		const headend = await startHeadend({
			directory,
			media: dirname(media),
			networks: [
				{ id: 'lte0', host: '127.0.1.1', rateKbps: 300, delayMs: 75 },
				{ id: 'wlan0', host: '127.0.2.1', rateKbps: 20_000, delayMs: 6, isUp: false, outage: 'reset' },
			],
			...(broker === undefined ? {} : { broker }),
			...(onLine === undefined ? {} : { log: onLine }),
		});
		const config = await boxConfig({ directory, headend, minimumTimeMs });
		const stage = new Stage(options, headend, config);
		await stage.wifi.down();
		await stage.cellular.up();
		await writeFile(join(directory, 'headend.json'), JSON.stringify(addressBook(stage), null, '\t'));
		return stage;
	}

	/** Starts the box and resolves when the operator can talk to it. */
	async powerOn(): Promise<void> {
		const { directory, onLine } = this.#options;
		this.#box = await BoxProcess.start({
			directory: join(directory, 'box'),
			config: this.#config,
			...(onLine === undefined ? {} : { onLine }),
		});
		this.#operator ??= await Controller.connect({
			broker: this.headend.broker,
			agent: agentId,
			endpointId: operatorId,
			deadlineMs: 3000,
		});
		await this.#greet();
	}

	/** As when the power goes. */
	async powerCut(): Promise<void> {
		await this.#box?.kill();
	}

	get box(): BoxProcess {
		if (this.#box === undefined) throw new Error('the box is not powered on');
		return this.#box;
	}

	get operator(): Controller {
		if (this.#operator === undefined) throw new Error('the box is not powered on');
		return this.#operator;
	}

	async sample(): Promise<BoxSample> {
		const { Data = '{}' } = await this.operator.operate(
			'Device.X_MULLION_Telemetry.Read()',
			{},
			{ isSync: true },
		);
		return JSON.parse(Data);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#operator?.close().catch(() => undefined);
		await this.#box?.[Symbol.asyncDispose]();
		await this.headend.close();
		await rm(join(this.#options.directory, 'headend.json'), { force: true });
	}

	/** A box that has just booted may not have reached the broker yet. */
	async #greet(): Promise<void> {
		for (let left = 5; ; left--) {
			try {
				await this.operator.get(['Device.DeviceInfo.']);
				return;
			} catch (error) {
				if (left === 0 || !(error instanceof ControllerError) || error.code !== 'no-answer') throw error;
			}
		}
	}
}

async function boxConfig({
	directory,
	headend,
	minimumTimeMs,
}: {
	directory: string;
	headend: Headend;
	minimumTimeMs: number;
}): Promise<BoxConfig> {
	const root = join(directory, 'box', 'root.json');
	await writeFile(root, await headend.repository.rootJson());
	const network = (id: string) => {
		const { host, port } = headend.content.network(id);
		return { id, hosts: { [contentHost]: `${host}:${port}` }, radio: join(directory, 'radio', `${id}.json`) };
	};
	return {
		endpointId: agentId,
		state: join(directory, 'box', 'state'),
		broker: headend.broker,
		controllers: [{ endpointId: operatorId, topic: controllerTopic(operatorId) }],
		acceptTools: toolPrefix,
		root,
		networks: [
			{ ...network('lte0'), kind: 'lte', localAddress: '127.0.1.2', nominalKbps: 300, costPerMb: 0.05 },
			{ ...network('wlan0'), kind: 'wifi', localAddress: '127.0.2.2', nominalKbps: 20_000, costPerMb: 0 },
		],
		sink: join(directory, 'box', 'played'),
		handoff: { minimumTimeMs },
	};
}

/** What the command line needs to find this headend and its box. */
function addressBook({ headend, mediaUrl }: Stage): object {
	return {
		broker: headend.broker,
		repository: headend.repositoryDirectory,
		agent: agentId,
		controller: operatorId,
		content: mediaUrl,
	};
}
