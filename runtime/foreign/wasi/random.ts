/** `wasi:random`: all of it from the box's own source, the insecure kinds too. */
import type { HostInterfaces } from '../glue-script.ts';
import type { Outside } from './outside.ts';

/** The most that one call gets, in bytes. */
const mostBytes = 65_536;

export function random({ entropy, charge }: Outside): HostInterfaces {
	const bytes = (length: bigint): Uint8Array => {
		if (length > BigInt(mostBytes))
			throw new WebAssembly.RuntimeError(`the guest wants more than ${mostBytes} random bytes at once`);
		const filled = new Uint8Array(Number(length));
		charge(filled.length);
		entropy.fill(filled);
		return filled;
	};
	const number = (): bigint => new DataView(bytes(8n).buffer).getBigUint64(0);
	return {
		'wasi:random/random': { getRandomBytes: bytes, getRandomU64: number },
		'wasi:random/insecure': { getInsecureRandomBytes: bytes, getInsecureRandomU64: number },
		'wasi:random/insecure-seed': { insecureSeed: () => [number(), number()] },
	};
}
