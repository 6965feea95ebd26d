/** `npm run bench:image`: an image beside one with the same kernel and an empty Node, on the same board. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectAsync, type MqttClient } from 'mqtt';
import { type BuiltImage, buildImage, firstBootState } from '../../firmware/image/build-image.ts';
import { fieldLevel } from '../../firmware/image/root-file-system.ts';
import { type BuiltModule, buildModule } from '../build/component.ts';
import type { Controller } from '../controller/controller.ts';
import type { Board, BoardFeature, BoardImage } from '../hil/board/board.ts';
import { claim, qemuOffer } from '../hil/board/claim.ts';
import { agent, type ImageBench, openImageBench } from '../hil/image/image-bench.ts';
import { scriptArguments } from '../script-arguments.ts';
import { type Figure, figure, interleaved, limited } from './figure.ts';
import { printFigures } from './figure-table.ts';
import { idleFigures } from './image-idle.ts';
import { updateFigures } from './image-update.ts';

const services = 5;
const rounds = 3;
/** Until what was only needed to start has been given back. */
const restMs = 10_000;
const limits = { slotMb: 56, ratio: 1.3, beyondEmptyMb: 25, memoryMb: 160 };
const needs = ['power', 'reset', 'flash'] as const satisfies readonly BoardFeature[];
const emptyNode = fileURLToPath(new URL('empty-node.mjs', import.meta.url));
const memoryPath = 'Device.DeviceInfo.MemoryStatus.';
const failed = 'the platform ended';

const { values } = scriptArguments({ options: { json: { type: 'boolean' }, help: { type: 'boolean' } } });
if (values.help === true) {
	console.log('usage: npm run bench:image -- [--json]');
	process.exit(0);
}
printFigures(await imageFigures(), { isJson: values.json === true });

async function imageFigures(): Promise<Figure[]> {
	// Packed as for the field: what is in a patch depends on it.
	await using bench = await openImageBench({ level: fieldLevel });
	const image = await bench.build(1, await idleServices(bench.folder));
	return [
		...(await startFigures(bench, image)),
		...(await updateFigures(bench, image)),
		...(await idleFigures(bench, image)),
	];
}

async function startFigures(bench: ImageBench, image: BuiltImage): Promise<Figure[]> {
	const empty = await emptyImage(bench);
	await using board = await claim({ needs });
	const box = await kept(bench, image);
	const peer = await kept(bench, empty);
	const operator = await bench.operator(30_000);
	const listener = await connectAsync(bench.broker.url);
	await listener.subscribeAsync('empty-node/memory');
	try {
		const boxStart = (from: Board = board) => Promise.all([connected(operator), firstTurns(from)]);
		const emptyStart = () => heard(listener);
		// What a box does once in its life, such as compiling its modules, is not measured.
		await started(board, box, boxStart);
		await started(board, peer, emptyStart);
		const starts = await interleaved(
			{
				empty: () => started(board, peer, emptyStart),
				box: () => started(board, box, boxStart),
			},
			rounds,
		);
		await pause(restMs);
		const usedByBox = used(await memoryOf(operator));
		await started(board, peer, emptyStart);
		await pause(restMs);
		const usedByEmpty = used(await heard(listener));
		await board.power.off();
		await using small = await claim({ needs, offers: [qemuOffer({ memoryMiB: limits.memoryMb })] });
		await started(small, box, () => boxStart(small));
		const left = (await memoryOf(operator)).free;
		return [
			limited('slot', 'MB', image.slotBytes / 1e6, limits.slotMb),
			figure({
				name: `reset to cloud and first turn of ${services} services`,
				value: starts.box,
				unit: 'ms',
				peer: 'empty Node to its first packet',
				peerValue: starts.empty,
			}),
			limited('the same, as a ratio', 'x', starts.box / starts.empty, limits.ratio),
			limited(
				`memory beyond an empty Node, ${services} idle`,
				'MB',
				usedByBox - usedByEmpty,
				limits.beyondEmptyMb,
			),
			figure({
				name: `memory left where ${limits.memoryMb} MiB have to do, started`,
				value: toMb(left),
				unit: 'MB',
				peer: 'all of it',
				peerValue: limits.memoryMb * 1.048576,
			}),
		];
	} finally {
		await listener.endAsync(true);
		await operator.close();
	}
}

/** Services of different code that say that they were started, and then nothing. */
async function idleServices(folder: string): Promise<BuiltModule[]> {
	const modules: BuiltModule[] = [];
	for (let number = 0; number < services; number++) {
		const name = `idle-${number}`;
		const directory = join(folder, name);
		await mkdir(join(directory, 'assembly'), { recursive: true });
		const manifest = { name, version: '1.0.0', vendor: 'mullion', description: 'Waits', domain: 'open' };
		await writeFile(
			join(directory, 'manifest.json'),
			JSON.stringify({ ...manifest, publishes: {}, subscribes: {}, budget: { memoryPages: 16 } }),
		);
		await writeFile(
			join(directory, 'assembly/index.ts'),
			`import { Service, Turn, serve } from "mullion/sdk";
			class Idle extends Service {
				start(turn: Turn): void {
					turn.info("first turn of number ${number}");
				}
			}
			serve(new Idle());`,
		);
		const [built] = await buildModule({ directory });
		if (built !== undefined) modules.push(built);
	}
	return modules;
}

async function emptyImage({ board, folder, configOf, repository }: ImageBench): Promise<BuiltImage> {
	return buildImage({
		board,
		out: join(folder, 'empty'),
		keys: join(folder, 'keys'),
		trust: await repository.rootJson(),
		config: configOf(agent),
		modules: [],
		program: emptyNode,
		release: 1,
		version: '1.0.1',
		builtAt: 1_790_000_001,
	});
}

/** A disk of its own, which a box keeps over its starts. */
async function kept(bench: ImageBench, image: BuiltImage): Promise<BoardImage> {
	return bench.flashable(image, { bootState: firstBootState(image.release) });
}

/** Milliseconds from the reset until it is there. */
async function started(board: Board, image: BoardImage, isThere: () => Promise<unknown>): Promise<number> {
	await board.flash(image, { writes: 'in-place' });
	await board.power.on();
	await board.reset();
	const startedAt = performance.now();
	await isThere();
	return performance.now() - startedAt;
}

function connected(operator: Controller): Promise<void> {
	return new Promise((resolve) => {
		const stop = operator.onConnected(() => {
			stop();
			resolve();
		});
	});
}

async function firstTurns({ serial }: Board): Promise<void> {
	for (let left = services; left > 0; left--)
		await serial.expect(/: first turn of number/, { unless: failed });
}

/** In kibibytes. */
interface Memory {
	readonly total: number;
	readonly free: number;
}

function heard(listener: MqttClient): Promise<Memory> {
	return new Promise((resolve) => {
		listener.once('message', (_topic, payload) => resolve(JSON.parse(String(payload))));
	});
}

async function memoryOf(operator: Controller): Promise<Memory> {
	const { Total, Free } = (await operator.get([memoryPath]))[memoryPath] ?? {};
	return { total: Number(Total), free: Number(Free) };
}

function used({ total, free }: Memory): number {
	return toMb(total - free);
}

function toMb(kibibytes: number): number {
	return (kibibytes * 1024) / 1e6;
}
