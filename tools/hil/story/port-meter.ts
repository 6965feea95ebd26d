/** Counts in the box's namespace, by interface, what comes from and goes to each port of the core. */
import type { Rig } from '../link/rig.ts';

export interface PortMeterOptions {
	readonly rig: Rig;
	readonly networks: readonly string[];
	/** TCP ports of the core by a name for each. */
	readonly ports: Readonly<Record<string, number>>;
}

/** Bytes of whole packets. */
export interface PortTraffic {
	readonly bytesIn: number;
	readonly bytesOut: number;
}

/** By network and name of the port. */
export type PortTable = Readonly<Record<string, Readonly<Record<string, PortTraffic>>>>;

const table = 'mullion_ports';

/** The returned function reads the counters. */
export async function meterPorts({
	rig,
	networks,
	ports,
}: PortMeterOptions): Promise<() => Promise<PortTable>> {
	const rows = networks.flatMap((id) => Object.entries(ports).map(([name, port]) => ({ id, name, port })));
	const lines = (write: (row: (typeof rows)[number]) => string) => rows.map(write).join('\n');
	await rig.run('box', 'nft', [
		`table inet ${table} {
			${lines(({ id, name }) => `counter in_${id}_${name} { }\ncounter out_${id}_${name} { }`)}
			chain arriving {
				type filter hook prerouting priority -300; policy accept;
				${lines(({ id, name, port }) => `iifname "${id}" tcp sport ${port} counter name in_${id}_${name}`)}
			}
			chain leaving {
				type filter hook postrouting priority 300; policy accept;
				${lines(({ id, name, port }) => `oifname "${id}" tcp dport ${port} counter name out_${id}_${name}`)}
			}
		}`,
	]);
	return async () => {
		const args = ['-j', 'list', 'counters', 'table', 'inet', table];
		const { nftables } = JSON.parse(await rig.run('box', 'nft', args));
		const counters: { name: string; bytes: number }[] = nftables.flatMap(
			(entry: { counter?: { name: string; bytes: number } }) => entry.counter ?? [],
		);
		const bytesOf = (wanted: string): number => counters.find(({ name }) => name === wanted)?.bytes ?? 0;
		const trafficOf = (row: string): PortTraffic => ({
			bytesIn: bytesOf(`in_${row}`),
			bytesOut: bytesOf(`out_${row}`),
		});
		const portsOf = (id: string) =>
			Object.fromEntries(Object.keys(ports).map((name) => [name, trafficOf(`${id}_${name}`)]));
		return Object.fromEntries(networks.map((id) => [id, portsOf(id)]));
	};
}
