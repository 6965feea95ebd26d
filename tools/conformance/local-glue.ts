/** Glue made on this thread for as long as that works: a thread for each of a thousand components takes minutes. */
import { glueMaker } from '../../firmware/hal/glue-maker.ts';
import { transpile } from '../../firmware/hal/transpile.ts';
import { ComponentError } from '../../runtime/component/error.ts';
import type { GlueMaker } from '../../runtime/foreign/glue.ts';

export function localGlue(): GlueMaker {
	const elsewhere = glueMaker();
	let isBroken = false;
	return {
		make: async (component) => {
			if (isBroken) return elsewhere.make(component);
			try {
				return await transpile(component);
			} catch (cause) {
				// A component that it can not take leaves it broken for all that come after.
				isBroken = cause instanceof WebAssembly.RuntimeError;
				if (isBroken) return elsewhere.make(component);
				const message = cause instanceof Error ? cause.message : String(cause);
				throw new ComponentError('glue-failed', message, { cause });
			}
		},
	};
}
