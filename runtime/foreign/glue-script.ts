/**
 * Generated glue as the body of a function, which sees nothing but what it is given.
 *
 * A cell starts VMs synchronously, so the glue can be no module that is imported. Names by which it
 * could reach the process are parameters that stand for nothing; those by which it copies what a
 * guest passes are ours, so that the copying is bounded and paid for.
 */
import { ComponentError } from '../component/error.ts';
import { repairs } from './glue-repairs.ts';

export type GetCoreModule = (name: string) => WebAssembly.Module;
export type InstantiateCore = (
	module: WebAssembly.Module,
	imports?: WebAssembly.Imports,
) => { readonly exports: WebAssembly.Exports };

/** Interfaces without versions, each with its functions and classes. */
export type HostInterfaces = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export type Instantiate = (
	getCoreModule: GetCoreModule,
	imports: HostInterfaces,
	instantiateCore: InstantiateCore,
) => Readonly<Record<string, unknown>>;

/** What the glue is given instead of the globals of these names. */
export interface GlueGlobals {
	readonly TextDecoder: unknown;
	readonly Uint8Array: unknown;
	readonly [name: string]: unknown;
}

/** Stands for nothing in the glue. What is left are the values of the language itself. */
const hidden = [
	'process',
	'console',
	'fetch',
	'setInterval',
	'setImmediate',
	'queueMicrotask',
	'require',
	'Function',
	'Buffer',
	'performance',
	'navigator',
	'crypto',
	'Worker',
	'WebSocket',
	'EventSource',
	'BroadcastChannel',
	'MessageChannel',
] as const;

const given = ['globalThis', 'setTimeout', 'TextDecoder', 'Uint8Array'] as const;

/** One step of every call asks the environment whether to trace; it takes nearly half of a call's time. */
const trace = /const _debugLog = \(\.\.\.args\) => \{\s*if \([^\n]*JCO_DEBUG\)[^\n]*\n[^\n]*\n\s*\};/g;
const entry = /^export function instantiate\(/gm;
/** Behind the function, and of no use. */
const tail = /^export const _util = \{\s*\};?\s*$/gm;
const anyExport = /^\s*(?:export|import)\b/gm;

/** @throws ComponentError `glue-failed` where the glue is not as it was known to be */
export function scriptOf(source: string): string {
	// Glue of a component that exports nothing to call traces nothing.
	const untraced = source.includes('_debugLog')
		? replaceOnce(source, trace, 'const _debugLog = () => {};')
		: source;
	const repaired = repairs.reduce((text, { of, pattern, by, isRepeated }) => {
		if (!text.includes(of)) return text;
		return isRepeated ? text.replace(pattern, by) : replaceOnce(text, pattern, by);
	}, untraced);
	const script = replaceOnce(replaceOnce(repaired, tail, ''), entry, 'return function instantiate(');
	if (anyExport.test(script) || script.includes('import('))
		throw new ComponentError('glue-failed', 'the glue imports or exports more than is known of it');
	return script;
}

function replaceOnce(text: string, pattern: RegExp, by: string): string {
	const found = text.match(pattern)?.length ?? 0;
	if (found !== 1)
		throw new ComponentError(
			'glue-failed',
			`the glue has ${found} places of ${pattern.source} instead of one`,
		);
	return text.replace(pattern, by);
}

/** Evaluates the glue; nothing of the guest runs by that. */
export function loadGlue(script: string, globals: GlueGlobals): Instantiate {
	const make = new Function(...hidden, ...given, `'use strict';\n${script}`);
	const alone = { WebAssembly, ...globals };
	const values = given.map((name) => (name === 'globalThis' ? alone : globals[name]));
	return make(...hidden.map(() => undefined), ...values);
}
