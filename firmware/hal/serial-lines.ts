/** Serial lines as files of the kernel. */
import { execFile } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { isatty, ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import type { SerialHandlers, SerialLines } from '../../runtime/expansion/serial-lines.ts';

/** What may wait for a device that does not listen. */
const mostWaiting = 65_536;
/** What a driver is set to that nobody has told anything. */
const usualBaud = 9600;

/** @param folder where the files are; default `/dev` */
export function serialLines(folder = '/dev'): SerialLines {
	return {
		open: (name, { baud }, handlers) => {
			const opening = new AbortController();
			let line: ReadStream | undefined;
			const lost = (error: Error): void => {
				if (opening.signal.aborted) return;
				opening.abort();
				handlers.lost(error.message);
			};
			openLine(join(folder, name), { baud, handlers, signal: opening.signal, lost }).then((opened) => {
				line = opened;
			}, lost);
			return {
				write: (bytes) => {
					if (line === undefined || line.writableLength + bytes.length > mostWaiting) return false;
					line.write(bytes);
					return true;
				},
				close: () => opening.abort(),
			};
		},
	};
}

interface Opening {
	readonly baud: number;
	readonly handlers: SerialHandlers;
	readonly signal: AbortSignal;
	readonly lost: (error: Error) => void;
}

async function openLine(file: string, { baud, handlers, signal, lost }: Opening): Promise<ReadStream> {
	if (baud !== usualBaud) await promisify(execFile)('stty', ['-F', file, `${baud}`]);
	signal.throwIfAborted();
	// Never the terminal of this process, and no waiting for a modem to answer.
	const fd = openSync(file, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
	if (!isatty(fd)) {
		closeSync(fd);
		throw new Error(`${file} is no serial line`);
	}
	// Despite its name it is written to as well.
	const line = new ReadStream(fd);
	// Bytes as they are: no line is edited, and nothing is echoed.
	line.setRawMode(true);
	line.on('error', lost);
	line.once('end', () => lost(new Error('it was pulled out')));
	line.on('data', (chunk: Buffer) => {
		line.pause();
		handlers.data(new Uint8Array(chunk)).finally(() => {
			if (!signal.aborted) line.resume();
		});
	});
	signal.addEventListener('abort', () => line.destroy(), { once: true });
	return line;
}
