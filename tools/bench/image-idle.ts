/** What a box does while it has nothing to do: how often it wakes the processor, and what it writes. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type BuiltImage, firstBootState } from '../../firmware/image/build-image.ts';
import type { Board, BoardFeature } from '../hil/board/board.ts';
import { claim } from '../hil/board/claim.ts';
import { WriteLog } from '../hil/board/write-log.ts';
import type { ImageBench } from '../hil/image/image-bench.ts';
import { type Figure, limited } from './figure.ts';

/** KiB in an hour, as KB. */
const limits = { wakeUps: 10, hourlyKb: 65.536 };
const needs = ['power', 'flash', 'write-log'] as const satisfies readonly BoardFeature[];
/** Until it is settled: services sleep after a minute. */
const restMs = 90_000;
const watchedSeconds = 120;

/** Says now and then how often the threads of the platform have gone to sleep so far. */
const counter = `
( while :; do
	busybox sleep ${watchedSeconds}
	busybox cat /proc/$(busybox pidof node)/task/*/status | busybox awk '/^voluntary/ { n += $2 } END { print "slept " n }'
done ) &
`;

export async function idleFigures(bench: ImageBench, image: BuiltImage): Promise<Figure[]> {
	const counting = await bench.variant(image, 3, async (root) => {
		const init = await root.read('sbin/init');
		await root.write('sbin/init', init.replace('\ncd /data\n', `${counter}\ncd /data\n`), 0o755);
	});
	await using board = await claim({ needs });
	const contents = { 'boot-a': counting.boot.file, 'root-a': counting.root.file };
	await board.flash(await bench.flashable(image, { bootState: firstBootState(image.release), contents }));
	await using operator = await bench.operator(30_000);
	const isThere = new Promise<void>((resolve) => operator.onConnected(resolve));
	await board.power.on();
	await isThere;
	await pause(restMs);
	const first = await slept(board);
	const [bytes, second] = await Promise.all([written(board, join(bench.folder, 'idle.log')), slept(board)]);
	const hourlyKb = ((bytes / 1000) * 3600) / watchedSeconds;
	return [
		limited(
			'wake-ups of its threads in a second, idle',
			'',
			(second - first) / watchedSeconds,
			limits.wakeUps,
		),
		limited('written to the disk, idle, for an hour', 'KB', hourlyKb, limits.hourlyKb),
	];
}

async function slept({ serial }: Board): Promise<number> {
	const { groups } = await serial.expect(/slept (\d+)/);
	return Number(groups[0]);
}

async function written({ storage }: Board, file: string): Promise<number> {
	await storage.record(file);
	await pause(watchedSeconds * 1000);
	await storage.stopRecording();
	// A log that nothing was written into has no head.
	if ((await stat(file)).size === 0) return 0;
	await using log = await WriteLog.open(file);
	let bytes = 0;
	for await (const { length } of log.read()) bytes += length;
	return bytes;
}
