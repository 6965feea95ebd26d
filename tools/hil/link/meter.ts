/** What two independent meters of the kernel say went over an interface. */
import type { Namespace } from './namespace.ts';

/** Whole IP packets, headers included, as seen from the side that is asked. */
export interface Traffic {
	readonly bytesIn: number;
	readonly bytesOut: number;
	readonly packetsIn: number;
	readonly packetsOut: number;
}

/** The interface's own statistics. */
export async function readInterface(namespace: Namespace, name: string): Promise<Traffic> {
	const [link] = JSON.parse(await namespace.ip('-s', '-j', 'link', 'show', 'dev', name));
	const { rx, tx } = link.stats64;
	return { bytesIn: rx.bytes, bytesOut: tx.bytes, packetsIn: rx.packets, packetsOut: tx.packets };
}

const table = 'mullion_meter';

/** Puts counters before the first and after the last thing the kernel does with a packet. */
export async function installMeter(namespace: Namespace, names: readonly string[]): Promise<void> {
	const lines = (write: (name: string) => string) => names.map(write).join('\n');
	await namespace.run('nft', [
		`table inet ${table} {
			${lines((name) => `counter in_${name} { }\ncounter out_${name} { }`)}
			chain arriving {
				type filter hook prerouting priority -300; policy accept;
				${lines((name) => `iifname "${name}" counter name in_${name}`)}
			}
			chain leaving {
				type filter hook postrouting priority 300; policy accept;
				${lines((name) => `oifname "${name}" counter name out_${name}`)}
			}
		}`,
	]);
}

interface NftCounter {
	readonly name: string;
	readonly packets: number;
	readonly bytes: number;
}

/** The firewall's count. */
export async function readMeter(namespace: Namespace, name: string): Promise<Traffic> {
	const { nftables } = JSON.parse(
		await namespace.run('nft', ['-j', 'list', 'counters', 'table', 'inet', table]),
	);
	const counters: NftCounter[] = nftables.flatMap((entry: { counter?: NftCounter }) => entry.counter ?? []);
	const count = (wanted: string) =>
		counters.find((counter) => counter.name === wanted) ?? { packets: 0, bytes: 0 };
	const [arrived, left] = [count(`in_${name}`), count(`out_${name}`)];
	return {
		bytesIn: arrived.bytes,
		bytesOut: left.bytes,
		packetsIn: arrived.packets,
		packetsOut: left.packets,
	};
}
