/**
 * Where the code of a module comes from: a source map (revision 3) over byte offsets in its core
 * module, with the names of its functions.
 *
 * It stays with who built the module. A box reports a crash in offsets, which are the same on every
 * box, and the operator's tools read them with the map of just these bytes.
 */
import { Bytes, sectionsOf } from '../../runtime/component/bytes.ts';

export interface DebugMap {
	readonly version: 3;
	/** Folder that the sources are in, on the machine that built it. */
	readonly sourceRoot: string;
	/** `assembly/index.ts`; what begins with `~lib/` is the platform's or the compiler's. */
	readonly sources: readonly string[];
	/** The text of each; null for those of the compiler. */
	readonly sourcesContent: readonly (string | null)[];
	readonly names: readonly string[];
	readonly mappings: string;
	/** Function index -> name as the compiler gives it: `assembly/index/Probe#obey`. */
	readonly x_mullion_functions: Readonly<Record<string, string>>;
}

const custom = 0;
const functionNames = 1;
const preambleBytes = 8;

/**
 * @param binary what the compiler wrote, custom sections at its end
 * @param sourceMap what it wrote beside it
 * @param directory folder that sources are named from
 */
export function splitDebug(
	binary: Uint8Array,
	{ sourceMap, directory }: { sourceMap: string; directory: string },
): { core: Uint8Array<ArrayBuffer>; map: DebugMap } {
	let end = preambleBytes;
	let functions: Record<string, string> = {};
	for (const { id, body } of sectionsOf(binary)) {
		if (id !== custom) end = body.byteOffset - binary.byteOffset + body.length;
		else functions = { ...functions, ...namesIn(body) };
	}
	const { sources, sourcesContent, names, mappings } = JSON.parse(sourceMap);
	return {
		core: new Uint8Array(binary.subarray(0, end)),
		map: {
			version: 3,
			sourceRoot: directory,
			sources,
			sourcesContent: sources.map((source: string, at: number) =>
				isCompilers(source) ? null : (sourcesContent[at] ?? null),
			),
			names,
			mappings,
			x_mullion_functions: functions,
		},
	};
}

/** Its own sources are the same everywhere, and ten times as long as a module's. */
function isCompilers(source: string): boolean {
	return source.startsWith('~lib/') && !source.startsWith('~lib/mullion/');
}

/** Core spec, appendix "Name Section": subsection 1 has the names of functions. */
function namesIn(section: Uint8Array): Record<string, string> {
	const bytes = new Bytes(section);
	const names: Record<string, string> = {};
	if (bytes.text() !== 'name') return names;
	while (bytes.left > 0) {
		const id = bytes.byte();
		const body = new Bytes(bytes.take(bytes.u32()));
		if (id !== functionNames) continue;
		for (let left = body.u32(); left > 0; left--) {
			const index = body.u32();
			names[index] = body.text();
		}
	}
	return names;
}
