/** A component of no world on the generic linker: the glue, checks, tank and instance of any foreign guest. */
import type { GlueMaker } from '../../runtime/foreign/glue.ts';
import { loadGlue } from '../../runtime/foreign/glue-script.ts';
import { type ForeignInstance, instantiateForeign } from '../../runtime/foreign/instance.ts';
import { linkableCode } from '../../runtime/foreign/linkable-code.ts';
import { meteredGlobals } from '../../runtime/foreign/metered-globals.ts';
import { SharedTank } from '../../runtime/foreign/shared-tank.ts';
import { budgetDefaults } from '../../runtime/module/manifest.ts';
import { asVmError } from '../../runtime/vm/as-vm-error.ts';
import type { VmErrorCode } from '../../runtime/vm/error.ts';
import { camelCase } from './constant.ts';
import { interfaceName, wrapped } from './wrapping.ts';

/** How a call ended: `err` is the error of a result, which glue throws. */
export type Ending =
	| { readonly tag: 'ok' | 'err'; readonly val: unknown }
	| {
			readonly tag: 'trap';
			readonly code: VmErrorCode;
			readonly message: string;
			readonly isBroken: boolean;
	  };

export interface Linked {
	/** What it would have to be given; a component of the suite that is started is given nothing. */
	readonly imports: readonly string[];
	/** A new instance; its start functions run by that. */
	start(): { readonly running: Running } | { readonly ending: Ending };
}

export interface Running {
	call(name: string, values: readonly unknown[]): Ending;
}

const memoryPages = 1024;
const fuel = 50_000_000;
const mostBytes = 67_108_864;

/** @throws ComponentError */
export async function link(component: Uint8Array, maker: GlueMaker): Promise<Linked> {
	const glue = await maker.make(wrapped(component) ?? component);
	const code = await linkableCode(glue, memoryPages);
	return {
		imports: glue.imports,
		start: () => {
			const tank = new SharedTank({ fuel, mostBytes });
			const instantiate = loadGlue(
				code.script,
				meteredGlobals((bytes) => tank.chargeBytes(bytes)),
			);
			try {
				const instance = tank.run(() => instantiateForeign({ code, instantiate, interfaces: {}, tank }));
				return { running: { call: (name, values) => call(instance, tank, { name, values }) } };
			} catch (cause) {
				return { ending: endingOf(cause) };
			}
		},
	};
}

interface Call {
	readonly name: string;
	readonly values: readonly unknown[];
}

function call(instance: ForeignInstance, tank: SharedTank, { name, values }: Call): Ending {
	try {
		return { tag: 'ok', val: tank.run(() => instance.exported(interfaceName, camelCase(name))(...values)) };
	} catch (cause) {
		return endingOf(cause);
	}
}

function endingOf(cause: unknown): Ending {
	if (cause instanceof Error && Object.hasOwn(cause, 'payload'))
		return { tag: 'err', val: (cause as Error & { payload: unknown }).payload };
	const { code, message } = asVmError(cause, { name: 'suite', budget: budgetDefaults });
	return { tag: 'trap', code, message, isBroken: isBroken(cause) };
}

/** What the engine says when the glue itself is at fault: such an end is luck, and no check. */
const engineSays =
	/is not (?:a function|iterable|defined|a constructor|an object)|Cannot (?:read|set|mix|convert)|before initialization/;

function isBroken(cause: unknown): boolean {
	if (cause instanceof ReferenceError || cause instanceof SyntaxError) return true;
	return cause instanceof TypeError && engineSays.test(cause.message);
}
