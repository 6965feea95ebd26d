/** Offsets in a core module -> functions and places in the sources that it was built from. */
import { SourceMap } from 'node:module';
import { join, relative } from 'node:path';
import type { DebugMap } from '../build/debug-map.ts';

export interface Place {
	/** As short as it can be clicked on in a terminal, from the folder one works in. */
	readonly file: string;
	/** From 1. */
	readonly line: number;
	readonly column: number;
	/** The line itself, without its indentation; empty where its source is not in the map. */
	readonly text: string;
}

type Located = Extract<ReturnType<SourceMap['findEntry']>, { originalSource: string }>;

/** How far back the place of a statement is looked for. */
const statementBytes = 32;

export class SourcePlaces {
	readonly #map: DebugMap;
	readonly #cwd: string;
	readonly #places: SourceMap;

	constructor(map: DebugMap, { cwd }: { cwd: string }) {
		this.#map = map;
		this.#cwd = cwd;
		const { version, sources, names, mappings } = map;
		this.#places = new SourceMap({
			file: '',
			sourceRoot: '',
			version,
			sources: [...sources],
			sourcesContent: [],
			names: [...names],
			mappings,
		});
	}

	/** Undefined for what the compiler made by itself. */
	at(offset: number): Place | undefined {
		const entry = this.#located(offset);
		if (entry === undefined) return undefined;
		const { originalSource: source, originalLine: line, originalColumn: column } = entry;
		const content = this.#map.sourcesContent[this.#map.sources.indexOf(source)];
		const text = content?.split('\n')[line]?.trim() ?? '';
		return { file: this.#file(source), line: line + 1, column: column + 1, text };
	}

	/** `Probe#obey` of `assembly/index/Probe#obey`; undefined where the map does not name it. */
	functionName(index: number): string | undefined {
		const name = this.#map.x_mullion_functions[`${index}`];
		// Only what stands before the type arguments is a path.
		const [, shown] = /^(?:[^<]*\/)?([^/<]+(?:<.*)?)$/s.exec(name ?? '') ?? [];
		return shown ?? name;
	}

	/**
	 * The compiler gives no place to what it adds to a statement, such as the call that a `throw` ends in:
	 * then the instructions shortly before are of that statement.
	 */
	#located(offset: number): Located | undefined {
		for (let at = offset; at >= Math.max(0, offset - statementBytes); ) {
			// WebAssembly source maps: the binary is one line, its offsets are the columns.
			const entry = this.#places.findEntry(0, at);
			if (!('generatedColumn' in entry)) return undefined;
			if (typeof entry.originalSource === 'string') return entry as Located;
			at = entry.generatedColumn - 1;
		}
		return undefined;
	}

	#file(source: string): string {
		if (source.startsWith('~lib/')) return source;
		const path = join(this.#map.sourceRoot, source);
		const short = relative(this.#cwd, path);
		return short.startsWith('..') ? path : short;
	}
}
