/** What the kernel counted on each network's interface, from `/sys/class/net/<device>/statistics`. */
import { readFile } from 'node:fs/promises';
import type { InterfaceCounters, Traffic } from '../../runtime/network/interface-counters.ts';
import type { NetworkConfig } from '../config.ts';

export function kernelCounters(networks: readonly NetworkConfig[]): InterfaceCounters {
	return {
		read: async () => {
			const counted = await Promise.all(
				networks.map(async ({ id, device }) => [id, device && (await traffic(device))] as const),
			);
			return new Map(counted.filter((row): row is [string, Traffic] => typeof row[1] === 'object'));
		},
	};
}

/** Undefined when the interface is gone. */
async function traffic(device: string): Promise<Traffic | undefined> {
	const counter = async (name: string): Promise<number> =>
		Number(await readFile(`/sys/class/net/${device}/statistics/${name}`, 'utf8'));
	try {
		return { bytesUp: await counter('tx_bytes'), bytesDown: await counter('rx_bytes') };
	} catch {
		return undefined;
	}
}
