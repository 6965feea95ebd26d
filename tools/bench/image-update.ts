/** What an update costs: its patch, its time beside a plain copy, its memory; and what a box with little memory does. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type BuiltImage, buildImage, firstBootState } from '../../firmware/image/build-image.ts';
import { addCodeCache, codeCacheFolder } from '../../firmware/image/code-cache.ts';
import { makeDelta } from '../../firmware/slots/make-delta.ts';
import { partitions } from '../../firmware/slots/update-manifest.ts';
import { makeProbe } from '../../modules/probe/testbed.ts';
import type { Controller } from '../controller/controller.ts';
import { ControllerError } from '../controller/controller-error.ts';
import { moduleTarget } from '../headend/repository/module-target.ts';
import type { BoardFeature } from '../hil/board/board.ts';
import { claim, qemuOffer } from '../hil/board/claim.ts';
import { agent, type ImageBench } from '../hil/image/image-bench.ts';
import type { Root, Slot } from '../hil/image/variant.ts';
import { type Figure, figure, interleaved, limited } from './figure.ts';

const limits = { deltaPercent: 1, copies: 1.5, peakMb: 16, smallMb: 128 };
const needs = ['power', 'reset', 'flash'] as const satisfies readonly BoardFeature[];
/** In the middle of what the main thread runs: all that is behind it in its file moves. */
const sentence = 'the type in the header is not that of the body';
const memoryPath = 'Device.DeviceInfo.MemoryStatus.';
const plainCopy = fileURLToPath(new URL('copy-slot.mjs', import.meta.url));
/** Until what was only needed to start has been given back. */
const restMs = 10_000;
const lookMs = 200;
const busyFault = 7227;
const rounds = 3;

export async function updateFigures(bench: ImageBench, image: BuiltImage): Promise<Figure[]> {
	const next = await bench.variant(image, 2, async (root) => {
		const file = await fileWith(root, sentence);
		await root.write(file, (await root.read(file)).replace(sentence, `${sentence}, which is another`));
		await root.remove(codeCacheFolder);
		await addCodeCache(root, bench.board);
	});
	const patch = await patchBytes(image, next);
	const URL = await bench.publish(next);
	const copying = await copyingImage(bench, image);
	const times = await interleaved(
		{
			install: () => onFreshBox(bench, image, (operator) => timed(() => download(operator, URL))),
			copy: () => copied(bench, copying),
		},
		rounds,
	);
	const peakMb = await onFreshBox(bench, image, (operator) =>
		peakOf(operator, () => download(operator, URL)),
	);
	return [
		limited(
			'patch where a sentence of the firmware changed',
			'%',
			(patch / image.slotBytes) * 100,
			limits.deltaPercent,
		),
		figure({
			name: 'install of a whole release',
			value: times.install,
			unit: 'ms',
			peer: 'plain copy to that disk',
			peerValue: times.copy,
		}),
		limited('the same, as a ratio', 'x', times.install / times.copy, limits.copies),
		limited('memory for that, above idle', 'MB', peakMb, limits.peakMb),
		limited(
			`fault for one module too many in ${limits.smallMb} MiB`,
			'',
			await faultOfSmall(bench, image),
			busyFault,
		),
	];
}

async function fileWith(root: Root, text: string): Promise<string> {
	for (const path of await root.paths())
		if (path.endsWith('.cjs') && (await root.read(path)).includes(text)) return path;
	throw new Error(`no file of the firmware says "${text}"`);
}

async function patchBytes(old: BuiltImage, made: Slot): Promise<number> {
	let bytes = 0;
	for (const partition of partitions) {
		const [before, after] = await Promise.all(
			[old, made].map(async (slot) => new Uint8Array(await readFile(slot[partition].file))),
		);
		if (before !== undefined && after !== undefined) bytes += (await makeDelta(before, after)).length;
	}
	return bytes;
}

/** Of a box that was just flashed, has started and come to rest. */
async function onFreshBox<Result>(
	bench: ImageBench,
	image: BuiltImage,
	work: (operator: Controller) => Promise<Result>,
): Promise<Result> {
	await using board = await claim({ needs });
	await using operator = await bench.operator(30_000);
	await board.flash(await bench.flashable(image, { bootState: firstBootState(image.release) }));
	const isThere = new Promise<void>((resolve) => operator.onConnected(resolve));
	await board.power.on();
	await isThere;
	await pause(restMs);
	return await work(operator);
}

/** Whole: there is no patch in the repository. */
async function download(operator: Controller, URL: string): Promise<void> {
	await operator.operate('Device.DeviceInfo.FirmwareImage.2.Download()', { URL });
}

async function timed(work: () => Promise<void>): Promise<number> {
	const startedAt = performance.now();
	await work();
	return performance.now() - startedAt;
}

/** Most memory in use meanwhile, above what is before, in MB: asked for again and again, which takes its time. */
async function peakOf(operator: Controller, work: () => Promise<void>): Promise<number> {
	const used = async (): Promise<number> => {
		const { Total, Free } = (await operator.get([memoryPath]))[memoryPath] ?? {};
		return (Number(Total) - Number(Free)) * 1024;
	};
	const idle = await used();
	let peak = idle;
	let isOver = false;
	const done = work().finally(() => {
		isOver = true;
	});
	done.catch(() => undefined);
	while (!isOver) {
		peak = Math.max(peak, await used());
		await pause(lookMs);
	}
	await done;
	return (peak - idle) / 1e6;
}

/** Runs a program in place of the firmware that copies as many bytes. */
async function copyingImage(
	{ board, folder, repository, configOf }: ImageBench,
	image: BuiltImage,
): Promise<BuiltImage> {
	const trust = await repository.rootJson();
	return buildImage({
		board,
		out: join(folder, 'copying'),
		keys: join(folder, 'keys'),
		trust,
		// Without its name it would be taken for another box, and its data left alone.
		config: { ...configOf(agent), copy: { boot: image.boot.bytes, root: image.root.bytes } },
		modules: [],
		program: plainCopy,
		release: 1,
		version: '1.0.1',
		builtAt: 1_790_000_001,
	});
}

/** Milliseconds that it says it took. */
async function copied({ flashable }: ImageBench, copying: BuiltImage): Promise<number> {
	await using box = await claim({ needs });
	await box.flash(await flashable(copying, { bootState: firstBootState(1) }));
	await box.power.on();
	const { groups } = await box.serial.expect(/copied in (\d+) ms/);
	return Number(groups[0]);
}

/** What a box with little memory answers once it can take no module more; it has to be there after that. */
async function faultOfSmall(bench: ImageBench, image: BuiltImage): Promise<number> {
	const { built } = await makeProbe();
	const target = moduleTarget(built.manifest);
	await bench.repository.addTarget({ ...target, bytes: built.bytes });
	await using box = await claim({ needs, offers: [qemuOffer({ memoryMiB: limits.smallMb })] });
	await using operator = await bench.operator(60_000);
	await box.flash(await bench.flashable(image, { bootState: firstBootState(image.release) }));
	const isThere = new Promise<void>((resolve) => operator.onConnected(resolve));
	await box.power.on();
	await isThere;
	try {
		await operator.operate('Device.SoftwareModules.InstallDU()', { URL: `tuf:${target.path}` });
		return 0;
	} catch (error) {
		if (!(error instanceof ControllerError)) throw error;
		await operator.get(['Device.DeviceInfo.']);
		return error.fault ?? 0;
	}
}
