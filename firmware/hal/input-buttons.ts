/**
 * The buttons of the board, as input devices of its kernel.
 *
 * Each is read by a small program of its own: in this process, a read that waits for days would keep one of
 * the few threads that all files share.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Buttons } from '../../runtime/buttons/buttons.ts';
import { eventBytes, InputEvents } from '../../runtime/buttons/input-events.ts';

const mostDevices = 8;

/** @param folder default `/dev/input`; those that are there when it is watched */
export function inputButtons(folder = '/dev/input'): Buttons {
	return {
		watch: (onButton) => {
			const readers = devicesIn(folder).map((device): ChildProcess => {
				const child = spawn('dd', [`if=${device}`, `bs=${eventBytes}`], {
					stdio: ['ignore', 'pipe', 'ignore'],
				});
				const events = new InputEvents();
				child.stdout.on('data', (bytes: Buffer) => {
					for (const button of events.read(bytes)) onButton(button);
				});
				// A device that cannot be read is one without buttons.
				return child.on('error', () => undefined);
			});
			return {
				close: () => {
					for (const reader of readers) reader.kill();
				},
			};
		},
	};
}

function devicesIn(folder: string): string[] {
	try {
		const names = readdirSync(folder).filter((name) => name.startsWith('event'));
		return names.slice(0, mostDevices).map((name) => join(folder, name));
	} catch {
		return [];
	}
}
