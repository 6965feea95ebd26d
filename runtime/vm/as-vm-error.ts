/** What a guest did wrong, in the words of the platform: each thing that ends a turn has a code of it. */
import { LinkError } from '../component/link-error.ts';
import type { VmSpec } from './cell-protocol.ts';
import { VmError } from './error.ts';

/** Of whatever a call into a guest has thrown. */
export function asVmError(cause: unknown, { name, budget }: Pick<VmSpec, 'name' | 'budget'>): VmError {
	if (cause instanceof VmError) return cause;
	if (cause instanceof LinkError && cause.code === 'out-of-fuel')
		return new VmError('over-budget', `${name}: a turn used up its budget of ${budget.turnMs} ms`, {
			cause,
			budget: 'turn-time',
		});
	const message = cause instanceof Error ? cause.message : String(cause);
	if (cause instanceof WebAssembly.RuntimeError)
		return new VmError('trapped', `${name}: ${message}`, { cause });
	// A guest can recurse until the host's stack is full; that is its trap, not our failure.
	if (cause instanceof RangeError && message.includes('call stack'))
		return new VmError('trapped', `${name}: ${message}`, { cause });
	return new VmError('malformed-value', `${name}: ${message}`, { cause });
}
