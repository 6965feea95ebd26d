/** The core modules of a component: checked, bounded, metered and compiled. */
import { Bytes, sectionsOf } from '../component/bytes.ts';
import { ComponentError } from '../component/error.ts';
import { section } from '../component/instrument/core-module.ts';
import { instrumentPart, memoryOf } from '../component/instrument/instrument-part.ts';
import { checkLimits } from '../component/module-limits.ts';
import { checkNames, namesIn } from './glue-names.ts';

export interface CompileOptions {
	/** Of all memories together. What they begin with is theirs; the rest is divided evenly. */
	readonly memoryPages: number;
	/** How often each of them is instantiated. */
	readonly instances: ReadonlyMap<string, number>;
}

/** Of all instances together; each may have as many entries as `instrument/tables.ts` allows one. */
const mostTables = 64;

/** @throws ComponentError */
export async function compileCores(
	cores: ReadonlyMap<string, Uint8Array>,
	{ memoryPages, instances }: CompileOptions,
): Promise<Map<string, WebAssembly.Module>> {
	const valid = [...cores].map(([name, core]) => {
		const bytes = new Uint8Array(core);
		checkLimits(bytes);
		if (!WebAssembly.validate(bytes))
			throw new ComponentError('not-a-component', `the core module ${name} is not valid`);
		return { name, bytes, pages: memoryOf(bytes), tables: tablesOf(bytes), count: instances.get(name) ?? 0 };
	});
	const sum = (of: (core: (typeof valid)[number]) => number): number =>
		valid.reduce((all, core) => all + core.count * of(core), 0);
	const tables = sum((core) => core.tables);
	if (tables > mostTables)
		throw new ComponentError(
			'tables-too-large',
			`the component has ${tables} tables; ${mostTables} are allowed`,
		);
	const left = memoryPages - sum(({ pages = 0 }) => pages);
	if (left < 0)
		throw new ComponentError(
			'memory-unbounded',
			`the component begins with ${memoryPages - left} pages of memory; the manifest's budget is ${memoryPages}`,
		);
	const memories = sum(({ pages }) => (pages === undefined ? 0 : 1));
	const share = Math.floor(left / Math.max(memories, 1));
	const compiled = valid.map(async ({ name, bytes, pages = 0 }) => {
		const instrumented = instrumentPart(bytes, { mostPages: pages + share });
		const module = await WebAssembly.compile(instrumented).catch((cause: Error) => {
			throw new ComponentError('not-a-component', `the core module ${name}: ${cause.message}`, { cause });
		});
		checkNames(namesIn(module));
		return [name, module] as const;
	});
	return new Map(await Promise.all(compiled));
}

/** Its own; what it imports is another's. */
function tablesOf(core: Uint8Array): number {
	const tables = [...sectionsOf(core)].find(({ id }) => id === section.table);
	return tables === undefined ? 0 : new Bytes(tables.body).u32();
}
