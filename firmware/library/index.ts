/** A box inside a program of somebody else: what `mullion.d.ts` declares. */
import { CodedError } from '../../runtime/error.ts';
import { BootRecord } from '../box/boot-record.ts';
import { openBox as openWholeBox } from '../box/open-box.ts';
import { configOf } from '../config.ts';
import { tuneEngine } from '../hal/engine.ts';
import { claimBox } from './claims.ts';
import { LibraryError } from './library-error.ts';
import type { Box, Ending, OpenBoxOptions } from './mullion.d.ts';

export { CodedError };

export async function openBox({
	config,
	folder = process.cwd(),
	onLine = () => undefined,
	tunesEngine = true,
}: OpenBoxOptions): Promise<Box> {
	const checked = configOf(config, folder);
	const release = await claimBox(checked);
	if (tunesEngine) tuneEngine();
	const { promise: ended, resolve, reject } = Promise.withResolvers<Ending>();
	// Whoever is not interested need not hear of it.
	ended.catch(() => undefined);
	let isEnding = false;
	const end = async (why: () => Promise<Ending>): Promise<void> => {
		if (isEnding) return;
		isEnding = true;
		try {
			// It may be asked for while it is still being opened.
			await (await opening).close();
			resolve(await why());
		} catch (error) {
			reject(error);
		} finally {
			release();
		}
	};
	const opening = openWholeBox(checked, {
		image: undefined,
		boot: bootRecord(),
		restart: () => end(async () => 'restart'),
		powerOff: (hasMains) => end(async () => ((await hasMains()) ? 'restart' : 'power-off')),
		onEvent: (line) => tell(onLine, line),
	});
	try {
		await opening;
	} catch (error) {
		release();
		throw error instanceof CodedError ? error : notOpened(error);
	}
	const close = async (): Promise<void> => {
		void end(async () => 'closed');
		await ended;
	};
	return { ended, close, [Symbol.asyncDispose]: close };
}

/** The start of a box begins when it is opened, however old the process is. */
function bootRecord(): BootRecord {
	const startedMs = performance.now();
	return new BootRecord({ now: () => performance.now() - startedMs });
}

/** A program that fails to listen fails by itself: the box goes on. */
function tell(onLine: (line: string) => void, line: string): void {
	try {
		onLine(line);
	} catch (error) {
		queueMicrotask(() => {
			throw error;
		});
	}
}

function notOpened(cause: unknown): LibraryError {
	return new LibraryError('not-opened', cause instanceof Error ? cause.message : String(cause), { cause });
}
