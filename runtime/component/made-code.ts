/** The code of a component as it runs, with its checks: made when it is needed, or before that by the same platform. */
import { decodeComponent } from './decode.ts';
import { ComponentError } from './error.ts';
import { instrument } from './instrument/instrument.ts';
import { boundMemory } from './memory-bound.ts';
import { checkLimits } from './module-limits.ts';

export interface MadeCode {
	/** What its memory may grow to at most, in pages of 64 KiB. */
	readonly memoryPages: number;
	readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Code that is kept where nobody can change it; undefined where there is none of a component with this SHA-256. */
export type MadeCodeSource = (digest: string) => Promise<MadeCode | undefined>;

/** @param binary a component of our own world @throws ComponentError */
export async function codeOf(binary: Uint8Array, memoryPages: number): Promise<MadeCode> {
	return { memoryPages, bytes: await makeCode(decodeComponent(binary).core, memoryPages) };
}

/** What it was must be valid by itself, or it could name the global of the checks. @throws ComponentError */
export async function makeCode(core: Uint8Array, memoryPages: number): Promise<Uint8Array<ArrayBuffer>> {
	checkLimits(core);
	const bounded = boundMemory(core, memoryPages);
	try {
		if (!WebAssembly.validate(bounded)) throw await faultOf(bounded);
		return instrument(bounded);
	} catch (cause) {
		throw invalid(cause);
	}
}

/** Why it is not valid. The engine of a box looks into functions only as they are called, and says nothing of them. */
async function faultOf(core: Uint8Array<ArrayBuffer>): Promise<Error> {
	return WebAssembly.compile(core).then(
		() => new Error('one of its functions breaks the rules of WebAssembly'),
		(cause: Error) => cause,
	);
}

/** @throws ComponentError `not-a-component` */
export async function compileCode(code: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
	try {
		return await WebAssembly.compile(code);
	} catch (cause) {
		throw invalid(cause);
	}
}

function invalid(cause: unknown): ComponentError {
	if (cause instanceof ComponentError) return cause;
	const why = `the core module is not valid: ${(cause as Error).message}`;
	return new ComponentError('not-a-component', why, { cause });
}
