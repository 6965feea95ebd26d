/** What an install does with bytes that anybody may have written: the checks of every world, then those of linking. */
import { ComponentError, type componentErrors } from '../../runtime/component/error.ts';
import { prepareComponent } from '../../runtime/component/prepare.ts';
import type { GlueMaker } from '../../runtime/foreign/glue.ts';
import { appendSections } from '../build/section.ts';
import { link } from './linked.ts';

export type Refusal = { readonly code: keyof typeof componentErrors; readonly message: string };

/** Said of good components too: they are not of a world that a box runs, or ask for what it has not. */
const aboutTheWorld: readonly string[] = ['world-unknown', 'import-unknown', 'import-not-granted'];

const preambleBytes = 8;
const manifest = new TextEncoder().encode(
	JSON.stringify({ name: 'suite', version: '1.0.0', vendor: 'suite', budget: { memoryPages: 1024 } }),
);

/** Why the bytes are refused as bytes; undefined where they are taken for a component, of whatever world. */
export async function refusalOf(bytes: Uint8Array, glue: GlueMaker): Promise<Refusal | undefined> {
	const refusal = await refused(() => prepareComponent(withManifest(bytes), { provided: new Map(), glue }));
	if (refusal === undefined || !aboutTheWorld.includes(refusal.code)) return refusal;
	// An install ends there. What it would do with the same bytes in a world of ours is the question.
	return refused(() => link(bytes, glue));
}

async function refused(take: () => Promise<unknown>): Promise<Refusal | undefined> {
	try {
		await take();
		return undefined;
	} catch (error) {
		if (!(error instanceof ComponentError)) throw error;
		return { code: error.code, message: error.message };
	}
}

/** Behind the preamble, as what stands at the end may be a section that is cut off. */
function withManifest(bytes: Uint8Array): Uint8Array {
	if (bytes.length < preambleBytes) return bytes;
	const front = appendSections(bytes.slice(0, preambleBytes), new Map([['mullion:manifest', manifest]]));
	return new Uint8Array(Buffer.concat([front, bytes.subarray(preambleBytes)]));
}
