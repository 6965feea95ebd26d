/** A test box whose operator's side is this process, in the core's namespace; the test that started it tells it what to do. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Ending } from '../box/operated-box.ts';
import { TestBox } from '../box/test-box.ts';
import { withManifest } from '../box/variant.ts';
import { Peer } from './peer.ts';
import type { ProbedBoxSettings, ProbePlan } from './probed-box.ts';

const httpPort = 80;

let box: TestBox | undefined;
const servers = new Map<string, { readonly server: Server; readonly asked: Promise<string> }>();

const here = (): TestBox => {
	if (box === undefined) throw new Error('the box is not started');
	return box;
};

async function signed({ name, hosts, version = '1.0.0' }: ProbePlan): Promise<string> {
	const network = hosts.length === 0 ? {} : { 'network-stream': { hosts } };
	const bytes = withManifest(here().probe.built.bytes, (manifest) => ({
		...manifest,
		name,
		version,
		publishes: { 'probe.out': 'probe.Word' },
		subscribes: { [`${name}.order`]: 'probe.Order' },
		capabilities: { 'key-value': {}, ...network },
	}));
	return here().sign(bytes, `modules/${name}-${version}.wasm`);
}

new Peer(process, {
	start: async ({ boxCommand, broker, networks }: ProbedBoxSettings) => {
		box = await TestBox.start({ boxCommand, broker, networks, deadlineMs: 20_000 });
	},
	serve: async (address: string) => {
		const { promise: asked, resolve } = Promise.withResolvers<string>();
		const server = createServer((request, response) => {
			resolve(request.url ?? '');
			response.end('content');
		});
		await once(server.listen(httpPort, address), 'listening');
		servers.set(address, { server, asked });
	},
	asked: (address: string) => servers.get(address)?.asked,
	install: async (plan: ProbePlan): Promise<Ending> => here().install(await signed(plan)),
	update: async (plan: ProbePlan): Promise<Ending> => here().update(plan.name, await signed(plan)),
	fetch: ({ name, url }: { name: string; url: string }) =>
		here().order({ what: 'fetch', text: url, count: 0 }, `${name}.order`),
	line: (text: string) => here().line(new RegExp(RegExp.escape(text))),
	close: async () => {
		for (const { server } of servers.values()) server.close();
		await box?.[Symbol.asyncDispose]();
		setImmediate(() => process.disconnect?.());
	},
});
process.once('disconnect', () => process.exit());
