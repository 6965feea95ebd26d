/** An image with all that it needs to be tried: its operator's broker, repository and console. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { connectAsync } from 'mqtt';
import { controllerTopic } from '../../../firmware/agent/mqtt-transport.ts';
import { type Board as BoardDescription, loadBoard } from '../../../firmware/image/board.ts';
import { type BuiltImage, bootStatePartition, buildImage } from '../../../firmware/image/build-image.ts';
import { makeDisk } from '../../../firmware/image/disk.ts';
import type { CarriedModule } from '../../../firmware/image/factory-modules.ts';
import type { PartitionName } from '../../../firmware/image/partitions.ts';
import type { KernelChoice } from '../../../firmware/image/sources.ts';
import type { BootState } from '../../../firmware/slots/boot-state.ts';
import { releasePath, releaseTargets } from '../../../firmware/slots/release-targets.ts';
import { readRelease } from '../../cli/release-folder.ts';
import { Controller } from '../../controller/controller.ts';
import { type Mosquitto, startMosquitto } from '../../headend/mosquitto.ts';
import { Repository } from '../../headend/repository/repository.ts';
import { serveRepository } from '../../headend/repository/serve.ts';
import { hostOfEmulator, imageAgentId } from '../../image/default-box.ts';
import type { Board, BoardImage } from '../board/board.ts';
import { boardHere } from '../board/claim.ts';
import { makeVariant, type Slot, type VariantOptions } from './variant.ts';

export const agent = imageAgentId;
const operator = 'self::mullion-headend';

export interface ImageBench extends AsyncDisposable {
	readonly folder: string;
	readonly board: BoardDescription;
	/** What its images have. */
	readonly kernel: KernelChoice;
	readonly broker: Mosquitto;
	readonly repository: Repository;
	/** What a box is told when it is made, as JSON. */
	configOf(endpointId: string): object;
	/** When an image of this release says that it was built: seconds since the Unix epoch. */
	builtAt(release: number): number;
	/** Builds an image of this release. */
	build(release: number, modules?: readonly CarriedModule[]): Promise<BuiltImage>;
	/** Makes the slot of a release that is another one in its root only. */
	variant(image: BuiltImage, release: number, change: VariantOptions['change']): Promise<Slot>;
	/** Signs a slot into the repository; returns the URL by which boxes download it. */
	publish(slot: Slot): Promise<string>;
	/** What is flashed, made of parts of images. */
	flashable(image: BuiltImage, changes?: DiskChanges): Promise<BoardImage>;
	/** Switches the box on; resolves once its operator can talk to it, until the test is over. */
	start(t: ExecutionContext, box: Board): Promise<Controller>;
	/** The operator's console: once the box is there. */
	operator(deadlineMs: number): Promise<Controller>;
}

export interface DiskChanges {
	readonly bootState?: BootState;
	readonly contents?: Partial<Record<PartitionName, string | Uint8Array>>;
}

export interface ImageBenchOptions {
	/** How hard roots are packed: as for a few starts (1, the default) or as for the field. */
	readonly level?: number;
	/** Of `firmware/image/boards`. Default: the one the bench has (`MULLION_BOARD`). */
	readonly board?: BoardDescription;
	/** Default: what `MULLION_KERNEL` says, or Debian's. */
	readonly kernel?: KernelChoice;
	/** Ports of this machine by the names that the box knows them by. */
	readonly hosts?: Readonly<Record<string, number>>;
}

export async function openImageBench({
	level = 1,
	board: given,
	kernel = process.env['MULLION_KERNEL'] === 'configured' ? 'configured' : 'debian',
	hosts = {},
}: ImageBenchOptions = {}): Promise<ImageBench> {
	await using stack = new AsyncDisposableStack();
	const folder = await mkdtemp(join(tmpdir(), 'mullion-hil-'));
	stack.defer(() => rm(folder, { recursive: true, force: true }));
	const board = given ?? (await loadBoard(boardHere()));
	const broker = stack.use(await startMosquitto());
	const repository = await Repository.openOrCreate({ directory: join(folder, 'repository') });
	const client = await connectAsync(broker.url, { protocolVersion: 5 });
	stack.defer(() => client.endAsync(true));
	const log = (): void => undefined;
	const service = await serveRepository({ client, directory: repository.publicDirectory, log });
	stack.defer(() => service.close());
	const configOf = (endpointId: string): object => ({
		endpointId,
		state: '/data/state',
		root: '/etc/mullion/root.json',
		broker: `mqtt://${hostOfEmulator}:${broker.port}`,
		controllers: [{ endpointId: operator, topic: controllerTopic(operator) }],
		// Who types commands is somebody of the operator's too.
		acceptTools: 'self::mullion-',
		networks: board.networks.map((network) => ({
			...network,
			hosts: Object.fromEntries(
				Object.entries(hosts).map(([name, port]) => [name, `${hostOfEmulator}:${port}`]),
			),
		})),
	});
	const config = configOf(agent);
	const keys = join(folder, 'keys');
	const builtAt = (release: number): number => 1_790_000_000 + release;
	const releaseOptions = (release: number) => ({
		out: join(folder, `release-${release}`),
		release,
		version: `1.0.${release}`,
		builtAt: builtAt(release),
	});
	let disks = 0;
	const connect = (deadlineMs: number): Promise<Controller> =>
		Controller.connect({ broker: broker.url, agent, endpointId: operator, deadlineMs });
	const owned = stack.move();
	return {
		folder,
		board,
		kernel,
		broker,
		repository,
		configOf,
		builtAt,
		build: async (release, modules = []) =>
			buildImage({
				...releaseOptions(release),
				board,
				keys,
				trust: await repository.rootJson(),
				config,
				modules,
				level,
				kernel,
			}),
		variant: (image, release, change) =>
			makeVariant({ ...releaseOptions(release), board, kernel, keys, image, level, change }),
		publish: async ({ boot }) => {
			const release = await readRelease(dirname(boot.file));
			for (const target of releaseTargets(release)) await repository.addTarget(target);
			return `tuf:${releasePath(release)}`;
		},
		flashable: async (image, { bootState, contents = {} } = {}) => {
			const parts = join(folder, `disk-${++disks}`);
			await mkdir(parts);
			const disk = join(parts, 'disk.img');
			const all = {
				'boot-a': image.boot.file,
				'root-a': image.root.file,
				data: image.data.file,
				...(bootState && { bootstate: bootStatePartition(bootState, config) }),
				...contents,
			};
			await makeDisk({ board, file: disk, contents: all, folder: parts });
			return { disk, ...loaderFiles(image) };
		},
		start: async (t, box) => {
			const console = await connect(20_000);
			t.teardown(() => console.close());
			const isThere = new Promise<void>((resolve) => console.onConnected(resolve));
			await box.power.on();
			await isThere;
			return console;
		},
		operator: connect,
		[Symbol.asyncDispose]: () => owned.disposeAsync(),
	};
}

/** What a board is flashed with of its boot loader. */
export function loaderFiles({
	environment,
	deviceTree,
	firmware,
}: Pick<BuiltImage, 'environment' | 'deviceTree' | 'firmware'>): BoardImage {
	const files = Object.entries({ environment, deviceTree, firmware });
	return Object.fromEntries(files.flatMap(([part, built]) => (built ? [[part, built.file]] : [])));
}
