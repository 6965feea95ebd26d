/**
 * A box inside a program of somebody else: all that the package `mullion` offers.
 *
 * Nothing here ends the process, listens for its signals or writes on its console: they are the program's.
 */

import { CodedError } from '../../runtime/error.ts';
import { BootRecord } from '../box/boot-record.ts';
import * as whole from '../box/open-box.ts';
import { type BoxConfig, configOf } from '../config.ts';
import { tuneEngine } from '../hal/engine.ts';
import { claimBox } from './claims.ts';
import { LibraryError } from './library-error.ts';

export { type BoxConfig, CodedError };

export interface OpenBoxOptions {
	/** What the box is told when it is made: the content of `box.json`, checked by the same rules. */
	readonly config: BoxConfig;
	/** That relative paths of the configuration are relative to. Default: where the process was started. */
	readonly folder?: string;
	/** Told each line that a box of its own says on its console. Default nobody. */
	readonly onLine?: (line: string) => void;
	/**
	 * Sets the optimiser of the engine to services: for the whole process, and for good. Without it they run slower, and
	 * do the same. Default true.
	 */
	readonly tunesEngine?: boolean;
}

/**
 * Why a box is closed: the program did it; it is to be opened anew, for it was about to be switched off and the mains
 * came back; its battery is nearly empty, and the machine should be switched off.
 */
export type Ending = 'closed' | 'restart' | 'power-off';

export interface Box extends AsyncDisposable {
	/** Resolves once the box is closed, by whomever. Rejects as `close` does. */
	readonly ended: Promise<Ending>;
	/**
	 * Ends everything in order; what was open goes on when the box is opened again. Told twice it does it once.
	 *
	 * @throws AggregateError of what could not be closed, once all of it was tried
	 */
	close(): Promise<void>;
}

/**
 * Resolves when the box is up; to reach its broker it goes on trying by itself. It keeps the process alive until it is
 * closed. A box that could not be opened leaves nothing behind.
 *
 * @throws CodedError `bad-config` with the field, `already-open`, `not-opened`, and the codes of disk and trust
 */
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
	const opening = whole.openBox(checked, {
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
