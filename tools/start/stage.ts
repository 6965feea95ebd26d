/** Everything a story plays on: a headend with two networks, a box on both of them, an operator at the console. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { controllerTopic } from '../../firmware/agent/mqtt-transport.ts';
import type { BoxSample } from '../../firmware/box/telemetry.ts';
import type { BoxConfig, CertificationConfig, NetworkConfig } from '../../firmware/config.ts';
import type { OwnImage } from '../../firmware/own-image.ts';
import { Controller } from '../controller/controller.ts';
import { ControllerError } from '../controller/controller-error.ts';
import { type Addresses, writeAddressBook } from '../headend/address-book.ts';
import type { ContentNetworkPlan } from '../headend/content/network.ts';
import { type Headend, startHeadend } from '../headend/headend.ts';
import { BoxProcess } from './box-process.ts';
import { Radio } from './radio.ts';
import { readSample } from './read-sample.ts';

export const agentId = 'os::00D09E-MULLION-000001';
export const operatorId = 'self::mullion-headend';
const toolPrefix = 'self::mullion-';
/** The name content has on every network; where it leads to is each network's own business. */
const contentHost = 'content.mullion.test';

export interface StageNetwork {
	/** As the box knows it. */
	readonly box: Omit<NetworkConfig, 'hosts' | 'radio'>;
	/** Where the headend serves it. */
	readonly path: Omit<ContentNetworkPlan, 'id'>;
	readonly signalDbm: number;
}

export interface StageOptions {
	/** Folder for everything: `.mullion`. What a box had kept there before is removed. */
	readonly directory: string;
	/** The file to be played. */
	readonly media: string;
	/** A broker that is there already. */
	readonly broker?: string;
	/** The networks, the worse one first. Default: two shaped addresses of the loopback. */
	readonly networks?: readonly [StageNetwork, StageNetwork];
	/** Opens or closes a network's path. Default: the content server refuses it. */
	readonly switchPath?: (id: string, isUp: boolean) => Promise<void>;
	/** What runs the firmware; default this Node. */
	readonly boxCommand?: readonly string[];
	/** How long a better network must have been there; default 3 s, so that a story is told in a minute. */
	readonly minimumTimeMs?: number;
	/** Whose certificates the box demands before it starts a module; default none. */
	readonly certification?: CertificationConfig;
	/** Metrics of the box on a local port; default none. */
	readonly metrics?: BoxConfig['metrics'];
	/** The most that any module is granted, of budgets and of capabilities; default what the platform allows. */
	readonly caps?: BoxConfig['caps'];
	readonly grantCaps?: BoxConfig['grantCaps'];
	/** When the box puts services to sleep that have nothing to do, in milliseconds; default its own. */
	readonly sleepAfterMs?: number;
	/** What carries the messages of its services; default the platform. */
	readonly ipc?: BoxConfig['ipc'];
	/** What its box looks at beside networks; default nothing. */
	readonly power?: BoxConfig['power'];
	readonly expansion?: BoxConfig['expansion'];
	readonly volumes?: BoxConfig['volumes'];
	/** What boots when the power comes on, and where its slots are; default a box that leaves its firmware alone. */
	readonly image?: () => Promise<OwnImage>;
	/** Whose word at home counts; default nobody's. */
	readonly home?: BoxConfig['home'];
	/** Milliseconds the box has for an answer. Default 3000. */
	readonly deadlineMs?: number;
	readonly onLine?: (line: string) => void;
}

export const loopbackNetworks: readonly [StageNetwork, StageNetwork] = [
	{
		box: { id: 'lte0', kind: 'lte', localAddress: '127.0.1.2', nominalKbps: 300, costPerMb: 0.05 },
		path: { host: '127.0.1.1', rateKbps: 300, delayMs: 75 },
		signalDbm: -95,
	},
	{
		box: { id: 'wlan0', kind: 'wifi', localAddress: '127.0.2.2', nominalKbps: 20_000, costPerMb: 0 },
		path: { host: '127.0.2.1', rateKbps: 20_000, delayMs: 6 },
		signalDbm: -52,
	},
];

export class Stage implements AsyncDisposable {
	readonly headend: Headend;
	/** The network the story begins on, and the better one. */
	readonly first: Radio;
	readonly better: Radio;
	readonly mediaUrl: string;
	/** Folder with what was heard, one file a session. */
	readonly played: string;
	readonly #options: StageOptions;
	readonly #config: BoxConfig;
	#box: BoxProcess | undefined;
	#operator: Controller | undefined;
	#addressBook: AsyncDisposable | undefined;

	private constructor(options: StageOptions, headend: Headend, config: BoxConfig) {
		this.#options = options;
		this.#config = config;
		this.headend = headend;
		this.played = config.sink ?? '';
		this.mediaUrl = `http://${contentHost}/${encodeURIComponent(basename(options.media))}`;
		const [first, better] = (options.networks ?? loopbackNetworks).map((network) => this.#radio(network));
		this.first = first as Radio;
		this.better = better as Radio;
	}

	/** Starts the headend and makes the box; `powerOn` starts it. */
	static async set(options: StageOptions): Promise<Stage> {
		const { directory, media, broker, networks = loopbackNetworks, onLine } = options;
		await rm(join(directory, 'box'), { recursive: true, force: true });
		await mkdir(join(directory, 'radio'), { recursive: true });
		await mkdir(join(directory, 'box'), { recursive: true });
		const headend = await startHeadend({
			directory,
			media: dirname(media),
			networks: networks.map(({ box, path }) => ({ ...path, id: box.id })),
			...(broker === undefined ? {} : { broker }),
			...(onLine === undefined ? {} : { log: onLine }),
		});
		const stage = new Stage(options, headend, await boxConfig(options, headend));
		await stage.better.down();
		await stage.first.up();
		stage.#addressBook = await writeAddressBook(join(directory, 'headend.json'), stage.#addresses());
		return stage;
	}

	/** Starts the box and resolves when the operator can talk to it. */
	async powerOn(): Promise<void> {
		const { directory, boxCommand, onLine, deadlineMs = 3000 } = this.#options;
		const image = await this.#options.image?.();
		this.#operator ??= await this.#connect();
		const { promise: connected, resolve } = Promise.withResolvers<void>();
		const stopListening = this.#operator.onConnected(resolve);
		this.#box = await BoxProcess.start({
			directory: join(directory, 'box'),
			config: this.#config,
			...(image && { image }),
			...(boxCommand === undefined ? {} : { command: boxCommand }),
			...(onLine === undefined ? {} : { onLine }),
		});
		// What is asked before the box has come to its broker is lost, and the deadline with it.
		const timer = setTimeout(resolve, deadlineMs);
		await connected;
		clearTimeout(timer);
		stopListening();
		await this.#greet();
	}

	/** Gives the operator a new connection: a controller that has lost its broker stays lost. */
	async reconnect(): Promise<void> {
		await this.#operator?.close().catch(() => undefined);
		this.#operator = await this.#connect();
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

	sample(): Promise<BoxSample> {
		return readSample(this.operator);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#addressBook?.[Symbol.asyncDispose]();
		await this.#operator?.close().catch(() => undefined);
		await this.#box?.[Symbol.asyncDispose]();
		await this.headend.close();
	}

	#connect(): Promise<Controller> {
		const { deadlineMs = 3000 } = this.#options;
		const { broker } = this.headend;
		return Controller.connect({ broker, agent: agentId, endpointId: operatorId, deadlineMs });
	}

	#radio({ box: { id }, signalDbm }: StageNetwork): Radio {
		const { directory, switchPath = (id, isUp) => this.#shape(id, isUp) } = this.#options;
		return new Radio({
			file: join(directory, 'radio', `${id}.json`),
			signalDbm,
			switchPath: (isUp) => switchPath(id, isUp),
		});
	}

	#shape(id: string, isUp: boolean): Promise<void> {
		return this.headend.content.network(id).set({ isUp, outage: 'reset' });
	}

	/** A broker that is slow to be reached is waited for a while. */
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

	/** What the command line needs to find this headend and its box. */
	#addresses(): Addresses {
		const { broker, repositoryDirectory: repository } = this.headend;
		return { broker, repository, agent: agentId, controller: operatorId, content: this.mediaUrl };
	}
}

async function boxConfig(
	{
		directory,
		networks = loopbackNetworks,
		minimumTimeMs = 3000,
		certification,
		metrics,
		caps,
		grantCaps,
		sleepAfterMs,
		power,
		expansion,
		volumes,
		home,
		ipc,
	}: StageOptions,
	headend: Headend,
): Promise<BoxConfig> {
	const root = join(directory, 'box', 'root.json');
	await writeFile(root, await headend.repository.rootJson());
	return {
		endpointId: agentId,
		state: join(directory, 'box', 'state'),
		broker: headend.broker,
		controllers: [{ endpointId: operatorId, topic: controllerTopic(operatorId) }],
		acceptTools: toolPrefix,
		root,
		networks: networks.map(({ box }) => {
			const { host, port } = headend.content.network(box.id);
			const radio = join(directory, 'radio', `${box.id}.json`);
			return { ...box, hosts: { [contentHost]: `${host}:${port}` }, radio };
		}),
		sink: join(directory, 'box', 'played'),
		handoff: { minimumTimeMs },
		...(certification && { certification }),
		...(home && { home }),
		...(ipc && { ipc }),
		...(metrics === undefined ? {} : { metrics }),
		...(sleepAfterMs === undefined ? {} : { sleepAfterMs }),
		...(caps && { caps }),
		...(grantCaps && { grantCaps }),
		...(power && { power }),
		...(expansion && { expansion }),
		...(volumes && { volumes }),
	};
}
