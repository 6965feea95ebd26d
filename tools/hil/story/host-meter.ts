/** Counts in the box's namespace what it sends to each of some hosts, and to all others, before anything can hold it up. */
import type { Rig } from '../link/rig.ts';

export interface HostMeterOptions {
	readonly rig: Rig;
	/** IPv4 addresses by a name for each: small letters. */
	readonly hosts: Readonly<Record<string, string>>;
}

/** Packets of TCP and UDP by name of the host; `others` went to none of them. */
export type HostTable = Readonly<Record<string, number>>;

const table = 'mullion_hosts';

/** The returned function reads the counters. */
export async function meterHosts({ rig, hosts }: HostMeterOptions): Promise<() => Promise<HostTable>> {
	const names = [...Object.keys(hosts), 'others'];
	const rules = Object.entries(hosts).map(
		([name, address]) => `meta l4proto { tcp, udp } ip daddr ${address} counter name to_${name} accept`,
	);
	await rig.run('box', 'nft', [
		`table inet ${table} {
			${names.map((name) => `counter to_${name} { }`).join('\n')}
			chain sent {
				type filter hook output priority -300; policy accept;
				${rules.join('\n')}
				meta l4proto { tcp, udp } counter name to_others
			}
		}`,
	]);
	return async () => {
		const args = ['-j', 'list', 'counters', 'table', 'inet', table];
		const { nftables } = JSON.parse(await rig.run('box', 'nft', args));
		const counters: { name: string; packets: number }[] = nftables.flatMap(
			(entry: { counter?: { name: string; packets: number } }) => entry.counter ?? [],
		);
		const packetsTo = (name: string) => counters.find((counter) => counter.name === `to_${name}`)?.packets;
		return Object.fromEntries(names.map((name) => [name, packetsTo(name) ?? Number.NaN]));
	};
}
