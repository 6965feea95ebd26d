/** What U-Boot does on each start, as its environment: `boot/environment.txt` for one board. */
import { readFile } from 'node:fs/promises';
import { copyBytes, copyPlaces, lostReason, triesGiven } from '../slots/boot-state.ts';
import type { Board } from './board.ts';
import { partitionOf } from './partitions.ts';
import { fitConfiguration } from './slot-image.ts';

const sectorBytes = 512;
/** Between the two copies in memory. */
export const copyDistance = 0x1000;

/** Lines for `mkenvimage`. */
export async function bootEnvironment(board: Board): Promise<string> {
	const { loader, loadAt, storage, console, deviceTree, watchdog } = board;
	const [first, second] = copyPlaces;
	const hex = (value: number): string => value.toString(16);
	const values: Record<string, string> = {
		find: loader.findDisk,
		disk: loader.disk,
		interface: loader.disk.replace(/ .*/, ''),
		variables: 'seq order a_left a_good b_left b_good floor tried reason',
		sectors: hex((second - first) / sectorBytes),
		bytes: hex(copyBytes),
		tries: hex(triesGiven),
		lost: lostReason,
		copy_0: hex(Number(loadAt.state)),
		copy_1: hex(Number(loadAt.state) + copyDistance),
		slot: loadAt.slot,
		root_a: `${storage.disk}${partitionOf('root-a')}`,
		root_b: `${storage.disk}${partitionOf('root-b')}`,
		console,
		// A driver that is built into the kernel has its options from here, one that is loaded from the root.
		options: watchdog?.option ? `${watchdog.driver}.${watchdog.option}=${watchdog.seconds}` : '',
		boot: bootCommand(loadAt.slot, deviceTree),
	};
	const text = await readFile(new URL('boot/environment.txt', import.meta.url), 'utf8');
	return linesOf(text.replaceAll(/@(\w+)@/g, (place, name: string) => values[name] ?? place));
}

function bootCommand(slot: string, deviceTree: string | undefined): string {
	const configuration = `${slot}#${fitConfiguration}`;
	// With a tree said by hand, the file system in memory has to be said too.
	return deviceTree === 'loader'
		? `bootm ${configuration} ${configuration} \${fdtcontroladdr}`
		: `bootm ${configuration}`;
}

/** One line for each variable, as U-Boot has them. */
export function linesOf(text: string): string {
	const lines: string[] = [];
	for (const line of text.split('\n')) {
		const isIndented = line.startsWith('\t');
		if (line.trim() === '' || line.startsWith('#')) continue;
		const before = isIndented ? lines.pop() : undefined;
		lines.push(before === undefined ? line.trim() : `${before}${separatorBehind(before)}${line.trim()}`);
	}
	return `${lines.join('\n')}\n`;
}

function separatorBehind(before: string): string {
	if (before.endsWith('=')) return '';
	return /(^|\W)(then|else|do)$/.test(before) ? ' ' : '; ';
}
